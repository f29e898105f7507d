//! Reads untrusted files: documents, overlays and the files next to them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use crm_clients_document::load::MAX_BYTES;
use rustix::fs::{Mode, OFlags, open};

/// Reads a regular file of at most [`MAX_BYTES`]. Reading a pipe or a device could block or never end.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    check(&fs::metadata(path)?)?;
    // The file may have been replaced since; opening the new one must not block either.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty())?);
    check(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is a device or a pipe, not a regular file"));
    }
    if metadata.len() > MAX_BYTES as u64 {
        let message = format!("has {} bytes, more than the limit of {MAX_BYTES}", metadata.len());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(())
}

/// Reads a file in a directory or below it, after resolving symbolic links. Parse errors quote a line of the file,
/// which must not come from a file elsewhere.
pub fn read_below(directory: &Path, path: &str) -> io::Result<Vec<u8>> {
    let directory = directory.canonicalize()?;
    let file = directory.join(path).canonicalize()?;
    if !file.starts_with(&directory) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "is outside the document's directory"));
    }
    read(&file)
}

/// Reads a file given on the command line. If it is a symbolic link, the target must be in the same directory or below
/// it.
pub fn read_named(path: &Path) -> io::Result<Vec<u8>> {
    match path.components().next_back() {
        Some(Component::Normal(name)) => read_below(directory_of(path), &name.to_string_lossy()),
        _ => read(path),
    }
}

/// Reads a text file like [`read_below`], or returns `None` if it does not exist.
pub fn text_below(directory: &Path, path: &str) -> io::Result<Option<String>> {
    match read_below(directory, path) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes);
            text.map(Some).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "is not valid UTF-8"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the directory of a file.
pub fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use rustix::fs::{CWD, FileType, mknodat};

    use super::*;

    #[test]
    fn only_regular_files_are_read() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = |name: &str| directory.path().join(name);
        mknodat(CWD, path("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        File::create(path("huge"))?.set_len(1 << 40)?;
        symlink("/dev/zero", path("zero"))?;
        for name in ["pipe", "huge", "zero", "."] {
            assert!(read(&path(name)).is_err(), "{name}");
        }
        assert!(read(Path::new("/dev/zero")).is_err());
        Ok(())
    }

    #[test]
    fn links_to_outside_are_rejected() -> io::Result<()> {
        let (inside, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        fs::write(outside.path().join("secret"), "password: hunter2\n")?;
        symlink(outside.path().join("secret"), inside.path().join("overlay.yaml"))?;
        fs::write(inside.path().join("real.yaml"), "a: 1\n")?;
        symlink("real.yaml", inside.path().join("link.yaml"))?;
        let refused = read_named(&inside.path().join("overlay.yaml"));
        assert_eq!(refused.map_err(|error| error.kind()), Err(io::ErrorKind::PermissionDenied));
        assert_eq!(read_named(&inside.path().join("link.yaml"))?, b"a: 1\n");
        assert!(text_below(inside.path(), "overlay.yaml").is_err());
        assert_eq!(text_below(inside.path(), "none.yaml")?, None);
        Ok(())
    }
}
