//! Tests of the procedure.
