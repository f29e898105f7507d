//! Directories of generated files: reading, comparing, and replacing them in one step.

mod lock;
pub mod staging;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crm_clients_generator::fileset::{Difference, FileSet, is_generated};
use similar::TextDiff;

use crate::{Error, input};
pub use lock::Lock;
pub use staging::Staging;

/// The contents of a directory.
#[derive(Debug, Default, PartialEq)]
pub struct Contents {
    /// The text of each file, by its path relative to the directory, with `/` as the separator.
    pub files: BTreeMap<String, String>,
    /// The path and kind of each entry that is not a text file; commands never write such entries.
    pub others: BTreeMap<String, &'static str>,
}

impl Contents {
    /// Reads the contents of a directory; empty if it does not exist. Symbolic links are not followed.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let mut contents = Self::default();
        match directory.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => contents.add(directory, "")?,
            Ok(_) => {
                let message = format!("{} is not a directory, or is a link to one", directory.display());
                return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(contents)
    }

    fn add(&mut self, directory: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.add(&entry.path(), &format!("{name}/"))?;
            } else if kind.is_file() {
                match String::from_utf8(fs::read(entry.path())?) {
                    Ok(text) => _ = self.files.insert(name, text),
                    Err(_) => _ = self.others.insert(name, "a file that is not UTF-8"),
                }
            } else {
                self.others.insert(name, if kind.is_symlink() { "a symbolic link" } else { "a device or a pipe" });
            }
        }
        Ok(())
    }

    /// Returns the error for entries that would be lost although no command wrote them.
    pub fn refusal(&self, shown: &str, files: &FileSet) -> Option<Error> {
        let foreign = |difference: Difference| {
            let is_foreign = difference.is.is_some_and(|text| !is_generated(&text));
            is_foreign.then_some((difference.path, "a file without the marker `@generated`"))
        };
        let others = self.others.iter().map(|(path, kind)| (path.clone(), *kind));
        let foreign: BTreeMap<_, _> =
            files.compare(&self.files).into_iter().filter_map(foreign).chain(others).collect();
        if foreign.is_empty() {
            return None;
        }
        const SHOWN: usize = 10;
        let mut message = format!("{shown} contains files that this command did not write and will not replace:");
        for (path, kind) in foreign.iter().take(SHOWN) {
            message.push_str(&format!("\n  {shown}/{path} is {kind}"));
        }
        if let more @ 1.. = foreign.len().saturating_sub(SHOWN) {
            message.push_str(&format!("\n  and {more} more"));
        }
        message.push_str("\n  = help: move or delete them, then run the command again");
        Some(Error::from(message))
    }
}

/// Makes the directory `name` of a locked directory contain exactly these files. If the run is killed, none are
/// replaced. Files that do not differ are not written.
pub fn write(lock: &Lock, name: &str, shown: &str, files: &FileSet) -> Result<Vec<Difference>, Error> {
    let directory = lock.directory().join(name);
    let contents = Contents::read(&directory)?;
    if let Some(refusal) = contents.refusal(shown, files) {
        return Err(refusal);
    }
    let differences = files.compare(&contents.files);
    if differences.is_empty() {
        return Ok(differences);
    }
    let staging = Staging::new(lock)?;
    let tree = staging.new_path(name);
    fs::create_dir(&tree)?;
    for (path, text) in files.iter() {
        let file = tree.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        if contents.files.get(path).is_some_and(|current| current == text) {
            staging::link(&directory.join(path), &file)?;
        } else {
            fs::write(file, text)?;
        }
    }
    let written = Contents::read(&tree)?;
    if written.files.len() != files.len() || !files.compare(&written.files).is_empty() {
        let message = format!("{shown} was not changed, because files changed while the new ones were written");
        return Err(Error::from(message));
    }
    staging.commit_directory(name)?;
    Ok(differences)
}

/// Writes one file in one step, or compares it if `check` is set. Returns true if it was different.
pub fn write_file(path: &Path, text: &str, check: bool) -> Result<bool, Error> {
    let explain = |error: io::Error| format!("{}: {error}", path.display());
    let directory = input::directory_of(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lock = if check { None } else { Some(Lock::exclusive(directory)?) };
    let differs = input::text_below(directory, &name).map_err(explain)?.as_deref() != Some(text);
    if let Some(lock) = lock.filter(|_| differs) {
        staging::replace_file(&lock, &name, text).map_err(explain)?;
    }
    Ok(differs)
}

/// Returns the differences as unified diffs from the current text to the expected one. Every file is named, even if
/// empty.
pub fn diff(root: &str, differences: &[Difference]) -> String {
    let mut out = String::new();
    for difference in differences {
        let path = format!("{root}/{}", difference.path);
        let (is, should_be) = (difference.is.as_deref(), difference.should_be.as_deref());
        let old = is.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
        let new = should_be.map_or_else(|| "/dev/null".to_owned(), |_| format!("b/{path}"));
        let diff = TextDiff::from_lines(is.unwrap_or_default(), should_be.unwrap_or_default());
        let shown = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
        // There is no hunk, and so no header, if one text is empty and the other is missing.
        out.push_str(&if shown.is_empty() { format!("--- {old}\n+++ {new}\n") } else { shown });
    }
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    const LIB: &str = "// @generated by `cargo xtask regen` from specs\nmod a;\n";
    const A: &str = "// @generated by `cargo xtask regen` from specs\n";

    fn files() -> FileSet {
        let mut files = FileSet::new();
        files.insert("lib.rs", LIB);
        files.insert("a/mod.rs", A);
        files
    }

    fn written(root: &Path) -> Result<usize, String> {
        let lock = Lock::exclusive(root).map_err(|error| error.to_string())?;
        write(&lock, "src", "src", &files()).map(|differences| differences.len()).map_err(Error::into_text)
    }

    type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

    #[test]
    fn trees_are_replaced_and_unchanged_files_are_kept() -> Result {
        let root = tempfile::tempdir()?;
        let directory = root.path().join("src");
        fs::create_dir_all(directory.join("old"))?;
        fs::write(directory.join("old/stale.rs"), A)?;
        fs::write(directory.join("lib.rs"), LIB)?;
        let before = fs::metadata(directory.join("lib.rs"))?;
        assert_eq!(written(root.path())?, 2);
        let expected = files().iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        assert_eq!(Contents::read(&directory)?.files, expected);
        let after = fs::metadata(directory.join("lib.rs"))?;
        assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
        assert_eq!(written(root.path())?, 0);
        let left: Vec<_> = fs::read_dir(root.path())?.collect();
        assert_eq!(left.len(), 1, "only the tree remains: {left:?}");
        Ok(())
    }

    #[test]
    fn foreign_files_are_neither_read_nor_replaced() -> Result {
        let outside = tempfile::tempdir()?;
        fs::write(outside.path().join("secret"), "secret")?;
        let latin = |path: &Path| fs::write(path, b"// @generated by `cargo xtask regen` \xe9\n");
        type Make<'a> = &'a dyn Fn(&Path) -> io::Result<()>;
        let cases: [(&str, &str, Make<'_>); 5] = [
            ("lib.rs", "without the marker", &|path| fs::write(path, "fn main() {}\n")),
            ("main.py", "without the marker", &|path| fs::write(path, "")),
            ("lib.rs", "not UTF-8", &latin),
            ("link.rs", "a symbolic link", &|path| symlink(outside.path().join("secret"), path)),
            ("a", "a symbolic link", &|path| symlink(outside.path(), path)),
        ];
        for (name, reason, make) in cases {
            let root = tempfile::tempdir()?;
            fs::create_dir(root.path().join("src"))?;
            make(&root.path().join("src").join(name))?;
            let said = written(root.path()).err().unwrap_or_default();
            assert!(said.contains(&format!("src/{name} is ")) && said.contains(reason), "{name}: {said}");
            assert!(root.path().join("src").join(name).symlink_metadata().is_ok(), "{name}");
            assert_eq!(fs::read_dir(root.path())?.count(), 1, "{name}");
        }
        Ok(())
    }

    #[test]
    fn linked_directories_are_rejected() -> Result {
        let (root, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        symlink(outside.path(), root.path().join("src"))?;
        assert!(written(root.path()).err().unwrap_or_default().contains("is not a directory"));
        assert_eq!(fs::read_dir(outside.path())?.count(), 0);
        Ok(())
    }

    #[test]
    fn killed_runs_are_undone() -> Result {
        let root = tempfile::tempdir()?;
        let staging = root.path().join(staging::NAME);
        // The run was killed before the marker was written, and after the old tree was moved away.
        for begun in ["", "# @gen"] {
            fs::create_dir(&staging)?;
            fs::write(staging.join(".git"), begun)?;
            drop(Lock::exclusive(root.path())?);
            assert!(!staging::is_left_behind(root.path()), "{begun}");
        }
        {
            let lock = Lock::exclusive(root.path())?;
            let staging = Staging::new(&lock)?;
            fs::create_dir(staging.new_path("../old/src"))?;
            std::mem::forget(staging);
        }
        drop(Lock::exclusive(root.path())?);
        let left: Vec<_> = fs::read_dir(root.path())?.flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["src"]);
        Ok(())
    }

    #[test]
    fn foreign_directories_are_not_used_for_staging() -> Result {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join(staging::NAME))?;
        fs::write(root.path().join(staging::NAME).join("notes"), "mine")?;
        assert!(Lock::exclusive(root.path()).is_err());
        assert!(root.path().join(staging::NAME).join("notes").exists());
        Ok(())
    }

    #[test]
    fn diffs_name_stale_unexpected_and_empty_files() {
        let difference = |path: &str, is: Option<&str>, should_be: Option<&str>| Difference {
            path: path.to_owned(),
            is: is.map(str::to_owned),
            should_be: should_be.map(str::to_owned),
        };
        let differences = [
            difference("a.rs", Some("one\n"), Some("two\n")),
            difference("b.rs", Some("stray\n"), None),
            difference("c.rs", Some(""), None),
        ];
        let shown = diff("generated/src", &differences);
        assert!(
            shown.contains("--- a/generated/src/a.rs\n+++ b/generated/src/a.rs\n@@ -1 +1 @@\n-one\n+two\n"),
            "{shown}"
        );
        assert!(shown.contains("--- a/generated/src/b.rs\n+++ /dev/null\n@@"), "{shown}");
        assert!(shown.ends_with("--- a/generated/src/c.rs\n+++ /dev/null\n"), "{shown}");
    }
}
