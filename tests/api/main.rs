//! The API and the console over HTTP: the real router on a real port over a real SQLite store.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod casework;
#[cfg(test)]
mod counters;
#[cfg(test)]
mod events;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod login;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod parties;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod site;
