//! What the kernel says of its own clock: `adjtimex(2)`, asked and never set.
//!
//! A time service (chrony, ntpd, systemd-timesyncd) tells the kernel how good the clock is; the kernel
//! lets the error grow by 500 ppm until it hears again, and takes the clock for unsynchronised when that
//! has come to 16 s. Reading this needs no privilege and works in a container, which has the clock of its
//! host.

use std::io;

/// How good the kernel takes its clock to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelClock {
    /// Whether a time service vouches for it (not `STA_UNSYNC`).
    pub synchronised: bool,
    /// Most that it may be off (`maxerror`), microseconds.
    pub maximum_error_us: i64,
    /// How much it is thought to be off (`esterror`), microseconds.
    pub estimated_error_us: i64,
}

/// Asks the kernel.
///
/// # Errors
/// When the kernel refuses, as under a strict system call filter, or has no such call.
#[cfg(target_os = "linux")]
pub fn read() -> io::Result<KernelClock> {
    #[expect(unsafe_code, reason = "libc offers this call only so")]
    // SAFETY: a timex is integers throughout, for which all zeros is a value; with `modes` zero the kernel
    // changes nothing and fills in the struct, which lives until the call is over.
    let (state, answer) = unsafe {
        let mut answer: libc::timex = std::mem::zeroed();
        let state = libc::adjtimex(&raw mut answer);
        (state, answer)
    };
    if state < 0 {
        return Err(io::Error::last_os_error());
    }
    #[allow(
        clippy::useless_conversion,
        reason = "the fields are narrower on some machines"
    )]
    Ok(KernelClock {
        synchronised: state != libc::TIME_ERROR && answer.status & libc::STA_UNSYNC == 0,
        maximum_error_us: i64::from(answer.maxerror),
        estimated_error_us: i64::from(answer.esterror),
    })
}

/// Asks the kernel, of which only Linux answers.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn read() -> io::Result<KernelClock> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_answers_or_says_why_not() {
        // What it says is this machine's business; that an answer makes sense is ours.
        match read() {
            Ok(clock) => {
                assert!(clock.maximum_error_us >= 0 && clock.estimated_error_us >= 0);
                // The kernel gives up a clock at 16 s.
                assert!(!clock.synchronised || clock.maximum_error_us < 16_000_000);
            }
            Err(error) => assert!(error.raw_os_error().is_some(), "{error}"),
        }
    }
}
