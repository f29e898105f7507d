//! The two sinks of emitted files: a directory that is written, and one that is compared.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crm_clients_codegen::fileset::{Difference, FileSet};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use similar::TextDiff;

/// The files below a directory: path relative to it, with `/`, and text. Bytes that are not UTF-8
/// show as such, so that they differ from anything emitted.
pub fn read(directory: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut queue = vec![(directory.to_owned(), String::new())];
    while let Some((path, prefix)) = queue.pop() {
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && prefix.is_empty() => break,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                queue.push((entry.path(), format!("{name}/")));
            } else {
                files.insert(name, String::from_utf8_lossy(&fs::read(entry.path())?).into_owned());
            }
        }
    }
    Ok(files)
}

/// Makes a directory hold these files and no others: all of them, or, if the run is killed, none.
/// Nothing is touched where nothing differs.
pub fn write(directory: &Path, files: &FileSet) -> io::Result<Vec<Difference>> {
    let differences = files.compare(&read(directory)?);
    if differences.is_empty() {
        return Ok(differences);
    }
    let parent = directory.parent().map(Path::to_owned).unwrap_or_else(|| PathBuf::from("."));
    fs::create_dir_all(&parent)?;
    remove_leftovers(&parent)?;
    // Dropped at the end, and with it whatever tree it then holds.
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(&parent)?;
    let tree = staging.path().join("tree");
    fs::create_dir(&tree)?;
    for (path, text) in files.iter() {
        let file = tree.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, text)?;
    }
    replace(directory, &tree, staging.path())?;
    Ok(differences)
}

const STAGING: &str = ".regen-";

/// What a killed run left behind.
fn remove_leftovers(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(STAGING) && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Puts `tree` in the place of `directory`: in one step where the file system can exchange two
/// names, otherwise in two.
fn replace(directory: &Path, tree: &Path, staging: &Path) -> io::Result<()> {
    if !directory.exists() {
        return fs::rename(tree, directory);
    }
    if renameat_with(CWD, tree, CWD, directory, RenameFlags::EXCHANGE).is_ok() {
        return Ok(());
    }
    fs::rename(directory, staging.join("old"))?;
    fs::rename(tree, directory)
}

/// The differences as unified diffs, from what is there to what should be.
pub fn diff(root: &str, differences: &[Difference]) -> String {
    let mut out = String::new();
    for difference in differences {
        let path = format!("{root}/{}", difference.path);
        let (is, should_be) = (difference.is.as_deref(), difference.should_be.as_deref());
        let header = (
            is.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}")),
            should_be.map_or_else(|| "/dev/null".to_owned(), |_| format!("b/{path}")),
        );
        let diff = TextDiff::from_lines(is.unwrap_or_default(), should_be.unwrap_or_default());
        out.push_str(&diff.unified_diff().context_radius(3).header(&header.0, &header.1).to_string());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_owned_whole() -> io::Result<()> {
        let root = tempfile::tempdir()?;
        let directory = root.path().join("src");
        fs::create_dir_all(directory.join("old"))?;
        fs::write(directory.join("old/stray.rs"), "stray")?;
        fs::create_dir(root.path().join(".regen-killed"))?;
        let mut files = FileSet::new();
        files.insert("lib.rs", "mod a;\n");
        files.insert("a/mod.rs", "// a\n");
        assert_eq!(write(&directory, &files)?.len(), 3);
        assert_eq!(read(&directory)?, files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect());
        assert!(write(&directory, &files)?.is_empty());
        let left: Vec<_> = fs::read_dir(root.path())?.collect();
        assert_eq!(left.len(), 1, "nothing but the tree is left: {left:?}");
        Ok(())
    }

    #[test]
    fn a_diff_shows_stale_and_stray_files() {
        let differences = [
            Difference { path: "a.rs".to_owned(), is: Some("one\n".to_owned()), should_be: Some("two\n".to_owned()) },
            Difference { path: "b.rs".to_owned(), is: Some("stray\n".to_owned()), should_be: None },
        ];
        let shown = diff("generated/src", &differences);
        assert!(
            shown.contains("--- a/generated/src/a.rs\n+++ b/generated/src/a.rs\n@@ -1 +1 @@\n-one\n+two\n"),
            "{shown}"
        );
        assert!(shown.contains("+++ /dev/null\n"), "{shown}");
    }
}
