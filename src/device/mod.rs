//! Ports, supervised: serial lines, TCP connections, cameras that push and cameras that are asked for
//! their stream; and the raw log that every byte enters before it is decoded.

pub mod http_get;
pub mod http_push;
pub mod port;
pub mod raw_log;
