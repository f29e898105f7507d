//! Emitted files in memory, before they are written or compared.

use std::collections::BTreeMap;

/// Path to text. Paths are relative, with `/` between their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSet {
    files: BTreeMap<String, String>,
}

impl FileSet {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Adds all files of another set.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Paths and texts, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What would have to be done to `there` (path to text of what is on disk) to make it this set.
    pub fn compare(&self, there: &BTreeMap<String, String>) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (path, text) in &self.files {
            match there.get(path) {
                None => differences.push(Difference { path: path.clone(), is: None, should_be: Some(text.clone()) }),
                Some(other) if other != text => {
                    differences.push(Difference {
                        path: path.clone(),
                        is: Some(other.clone()),
                        should_be: Some(text.clone()),
                    });
                }
                Some(_) => {}
            }
        }
        for (path, text) in there.iter().filter(|(path, _)| !self.files.contains_key(*path)) {
            differences.push(Difference { path: path.clone(), is: Some(text.clone()), should_be: None });
        }
        differences.sort_by(|a, b| a.path.cmp(&b.path));
        differences
    }
}

/// A file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: String,
    /// Its text, or `None` where it is missing.
    pub is: Option<String>,
    /// The text it should have, or `None` where it should not be there.
    pub should_be: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_missing_and_stray_files_differ() {
        let mut files = FileSet::new();
        files.insert("same.rs", "a");
        files.insert("stale.rs", "b");
        files.insert("missing.rs", "c");
        let there = [("same.rs", "a"), ("stale.rs", "x"), ("stray.rs", "d")];
        let there = there.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let found: Vec<_> =
            files.compare(&there).into_iter().map(|d| (d.path, d.is.is_some(), d.should_be.is_some())).collect();
        let expected = [("missing.rs", false, true), ("stale.rs", true, true), ("stray.rs", true, false)];
        assert_eq!(found, expected.map(|(path, is, should_be)| (path.to_owned(), is, should_be)));
    }
}
