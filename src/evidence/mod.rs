//! Evidence (证据): canonical bytes and the hash-chained journal. Pure: what the shell must draw
//! (salts) or read (time) is handed in.

pub mod canonical;
pub mod journal;
