//! The waist between the store and sqlx.

/// Faults to inject, for tests.
#[derive(Debug, Clone, Default)]
pub struct Faults {}
