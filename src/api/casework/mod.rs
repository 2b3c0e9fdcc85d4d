//! Casework (办案) over HTTP: what may be done with a case or a stay, and doing it; clocks, counters,
//! proposals, hundred-ton trucks.
//!
//! The rules are in [`crate::casework`]; here the facts for them are gathered from the store, and what
//! comes out is stored. A step is made on the version that its maker saw: who is late gets a conflict
//! with the case as it is now beside what was handed in, so that nothing is lost.

pub mod cases;
pub mod context;
pub mod counters;
pub mod facts;
pub mod hundred_ton;
pub mod inspections;
pub mod lists;
pub mod payments;
pub mod rolling;
pub mod stays;
pub mod steps;

pub use context::CaseworkContext;
