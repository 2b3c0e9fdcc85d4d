//! Serial ports, supervised, and the raw log that every byte enters before it is decoded.

pub mod port;
pub mod raw_log;
