//! Pseudo-terminals: the simulator holds the master, the daemon opens the slave like any port.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};

/// A pseudo-terminal in raw mode. The master does not block.
///
/// The slave is held open here too: the master then survives that the daemon closes its side and
/// opens it again, as a real line survives that its cable is pulled at the host.
#[derive(Debug)]
pub struct Pty {
    /// The simulator's side.
    pub master: PtyMaster,
    slave: File,
    path: PathBuf,
}

impl Pty {
    /// Opens a new one.
    ///
    /// # Errors
    /// When the system has none left, or `/dev/pts` is not mounted.
    pub fn open() -> io::Result<Self> {
        // Not for children: one that held the master would keep the line from ever hanging up.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let path = PathBuf::from(ptsname_r(&master)?);
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags((OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits())
            .open(&path)?;
        let mut line = tcgetattr(&slave)?;
        cfmakeraw(&mut line);
        tcsetattr(&slave, SetArg::TCSANOW, &line)?;
        Ok(Self {
            master,
            slave,
            path,
        })
    }

    /// What the daemon opens, `/dev/pts/N`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether bytes lie on the slave's side that nobody has read yet.
    ///
    /// # Errors
    /// When the line can't be asked.
    pub fn has_unread(&self) -> io::Result<bool> {
        ready(self.slave.as_fd(), PollFlags::POLLIN, Duration::ZERO)
    }
}

fn ready(line: BorrowedFd<'_>, wanted: PollFlags, wait: Duration) -> io::Result<bool> {
    let mut polled = [PollFd::new(line, wanted)];
    let wait = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
    let count = match poll(&mut polled, wait) {
        Err(nix::errno::Errno::EINTR) => 0,
        other => other?,
    };
    Ok(count > 0)
}

/// Plays recorded bytes into a program that reads a serial port: for tests and replays.
#[derive(Debug)]
pub struct PtyFeeder {
    pty: Pty,
}

impl PtyFeeder {
    /// A new pseudo-terminal.
    ///
    /// # Errors
    /// When the system has none left.
    pub fn open() -> io::Result<Self> {
        Ok(Self { pty: Pty::open()? })
    }

    /// What the program under test opens.
    pub fn path(&self) -> &Path {
        self.pty.path()
    }

    /// Writes as fast as the reader takes it.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when the reader takes nothing for `patience`.
    pub fn feed(&mut self, mut bytes: &[u8], patience: Duration) -> io::Result<()> {
        while !bytes.is_empty() {
            match (&self.pty.master).write(bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !ready(self.pty.master.as_fd(), PollFlags::POLLOUT, patience)? {
                        let left = bytes.len();
                        return Err(io::Error::new(
                            io::ErrorKind::TimedOut,
                            format!("nobody reads {}: {left} bytes left", self.path().display()),
                        ));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes pieces of so many bytes with a pause after each: a slow line.
    ///
    /// # Errors
    /// As [`PtyFeeder::feed`].
    pub fn feed_paced(
        &mut self,
        bytes: &[u8],
        piece: usize,
        pause: Duration,
        patience: Duration,
    ) -> io::Result<()> {
        for piece in bytes.chunks(piece.max(1)) {
            self.feed(piece, patience)?;
            thread::sleep(pause);
        }
        Ok(())
    }

    /// Waits until the reader has taken every byte.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when it has not after `patience`.
    pub fn wait_until_read(&self, patience: Duration) -> io::Result<()> {
        const STEP: Duration = Duration::from_millis(2);
        let mut waited = Duration::ZERO;
        while self.pty.has_unread()? {
            if waited >= patience {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("nobody reads {}", self.path().display()),
                ));
            }
            thread::sleep(STEP);
            waited += STEP;
        }
        Ok(())
    }

    /// What the program under test has written, as far as it is there, e.g. acknowledges.
    ///
    /// # Errors
    /// When the line can't be read.
    pub fn answers(&mut self) -> io::Result<Vec<u8>> {
        let mut answers = Vec::new();
        let mut piece = [0; 4_096];
        loop {
            match (&self.pty.master).read(&mut piece) {
                Ok(0) => return Ok(answers),
                Ok(count) => answers.extend_from_slice(piece.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(answers),
                Err(error) => return Err(error),
            }
        }
    }

    /// Hangs up: the reader sees the end of the line.
    pub fn hang_up(self) {
        drop(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn every_byte_comes_through_unchanged_and_answers_come_back() {
        let mut feeder = PtyFeeder::open().unwrap();
        let mut reader = OpenOptions::new()
            .read(true)
            .write(true)
            .open(feeder.path())
            .unwrap();
        // More than the line holds, and every byte value: nothing is taken for a control character.
        let sent: Vec<u8> = (0..200_000_u32)
            .map(|n| (n * 7 % 251 + n / 50_000) as u8)
            .collect();
        let wanted = sent.clone();
        let reading = thread::spawn(move || {
            let mut got = vec![0; wanted.len()];
            reader.read_exact(&mut got).unwrap();
            reader.write_all(b"$thanks\r\n\x03\x11\x13").unwrap();
            assert!(got == wanted);
            reader
        });
        feeder.feed(&sent, PATIENCE).unwrap();
        feeder.wait_until_read(PATIENCE).unwrap();
        let mut reader = reading.join().unwrap();
        assert_eq!(feeder.answers().unwrap(), b"$thanks\r\n\x03\x11\x13");
        feeder.hang_up();
        // A hang-up reads as the end or as an error, never as more bytes.
        assert!(matches!(reader.read(&mut [0; 8]), Ok(0) | Err(_)));
    }

    #[test]
    fn a_line_that_nobody_reads_times_out() {
        let mut feeder = PtyFeeder::open().unwrap();
        feeder.feed(b"abc", PATIENCE).unwrap();
        let error = feeder
            .wait_until_read(Duration::from_millis(4))
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let error = feeder
            .feed(&[0; 300_000], Duration::from_millis(20))
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn the_reader_may_come_back() {
        let mut feeder = PtyFeeder::open().unwrap();
        for round in [b"one", b"two"] {
            let mut reader = OpenOptions::new().read(true).open(feeder.path()).unwrap();
            feeder
                .feed_paced(round, 1, Duration::from_millis(1), PATIENCE)
                .unwrap();
            let mut got = [0; 3];
            reader.read_exact(&mut got).unwrap();
            assert_eq!(&got, round);
        }
    }
}
