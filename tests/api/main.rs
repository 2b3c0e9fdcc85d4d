//! The API and the console over HTTP: the real router on a real port over a real SQLite store.

mod authorization;
mod cases;
mod events;
mod lists;
mod login;
mod pages;
mod site;
