//! The weighing flow, tested: the worked example, the rules one by one, and laws over random courses.

mod docs;
mod example;
mod holding;
mod laws;
mod rules;
mod world;
