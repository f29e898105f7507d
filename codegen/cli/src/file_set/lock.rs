//! The lock of a directory while a command replaces its contents.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use rustix::io::Errno;

use super::staging;
use crate::output::note;

/// A directory that no other run changes during the lifetime of this value. The lock is on the directory itself, so
/// that no lock file is left behind, and the system releases it when the process ends.
pub struct Lock {
    directory: PathBuf,
    _file: OwnedFd,
}

impl Lock {
    /// Waits until only this run uses `directory`, which is created if it does not exist. Removes the files that a
    /// killed run left in it.
    pub fn exclusive(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let lock = Self::take(directory, FlockOperation::NonBlockingLockExclusive, FlockOperation::LockExclusive)?;
        staging::recover(directory)?;
        Ok(lock)
    }

    /// Waits until no run changes `directory`.
    pub fn shared(directory: &Path) -> io::Result<Self> {
        Self::take(directory, FlockOperation::NonBlockingLockShared, FlockOperation::LockShared)
    }

    /// Returns the directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn take(directory: &Path, at_once: FlockOperation, waiting: FlockOperation) -> io::Result<Self> {
        let explain = |error: Errno| {
            let error = io::Error::from(error);
            io::Error::new(error.kind(), format!("cannot lock {}: {error}", directory.display()))
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let file = open(directory, flags, Mode::empty()).map_err(explain)?;
        match flock(&file, at_once) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                note!("waiting for another run that uses {}", directory.display());
                flock(&file, waiting).map_err(explain)?;
            }
            Err(error) => return Err(explain(error)),
        }
        Ok(Self { directory: directory.to_owned(), _file: file })
    }
}
