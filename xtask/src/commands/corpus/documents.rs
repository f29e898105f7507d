//! Finds documents, names them and selects a sample.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crm_clients_cli::Error;
use sha2::{Digest, Sha256};

use super::spec_index;

/// A document in the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The path relative to the corpus, with `/` as the separator.
    pub path: String,
    /// The path as the name of a directory and a crate, unique regardless of case.
    pub slug: String,
    /// The path of the file.
    pub file: PathBuf,
}

/// The selected documents, sorted by path.
#[derive(Debug, PartialEq, Eq)]
pub struct Corpus {
    /// The documents.
    pub documents: Vec<Document>,
    /// Candidate files that are not documents.
    pub passed_over: Vec<String>,
}

impl Corpus {
    /// Returns all documents in a directory.
    pub fn whole(directory: &Path) -> Result<Self, Error> {
        Ok(Self::first(candidates(directory)?, usize::MAX))
    }

    /// Returns a sample of documents: those with the lowest hash of path and seed. It does not depend on the order of
    /// files on disk, and adding a document changes the sample by at most one.
    pub fn sample(directory: &Path, size: usize, seed: u64) -> Result<Self, Error> {
        let mut candidates = candidates(directory)?;
        candidates.sort_by_cached_key(|candidate| Sha256::digest(format!("{seed} {}", candidate.path)));
        Ok(Self::first(candidates, size))
    }

    fn first(candidates: Vec<Document>, size: usize) -> Self {
        let mut corpus = Self { documents: Vec::new(), passed_over: Vec::new() };
        for candidate in candidates {
            if corpus.documents.len() == size {
                break;
            }
            if spec_index::is_document(&candidate.file) {
                corpus.documents.push(candidate);
            } else {
                corpus.passed_over.push(candidate.path);
            }
        }
        corpus.documents.sort_by(|a, b| a.path.cmp(&b.path));
        corpus.passed_over.sort();
        corpus
    }
}

/// Returns all files that may be documents, sorted by path.
fn candidates(directory: &Path) -> Result<Vec<Document>, Error> {
    let mut found = Vec::new();
    let mut queue = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = queue.pop() {
        let entries = fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                queue.push((entry.path(), format!("{path}/")));
            } else if entry.path().is_file() && [".json", ".yaml", ".yml"].iter().any(|ending| path.ends_with(ending)) {
                found.push((path, entry.path()));
            }
        }
    }
    found.sort();
    let mut names = BTreeMap::<String, usize>::new();
    for (path, _) in &found {
        *names.entry(slug(path)).or_default() += 1;
    }
    let named = found.into_iter().map(|(path, file)| {
        let mut slug = slug(&path);
        if names.get(&slug).is_some_and(|documents| *documents > 1) {
            let hash = Sha256::digest(&path);
            slug.extend(hash.iter().take(4).map(|byte| format!("-{byte:02x}")));
        }
        Document { path, slug, file }
    });
    Ok(named.collect())
}

/// Returns a path as letters, digits and single hyphens.
fn slug(path: &str) -> String {
    let words = path.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn slugs_are_unique() -> io::Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join("a"))?;
        for path in ["a/b.json", "a-b.json", "A_b.json", "c.yaml"] {
            fs::write(root.path().join(path), "{\"openapi\": \"3.0.0\"}")?;
        }
        let found = Corpus::whole(root.path()).map_err(|fault| io::Error::other(fault.into_text()))?;
        let slugs: Vec<&str> = found.documents.iter().map(|document| &*document.slug).collect();
        assert_eq!(slugs.last(), Some(&"c-yaml"));
        let mut distinct = slugs.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 4, "{slugs:?}");
        assert!(slugs.iter().all(|slug| slug.starts_with("a-b-json-") || *slug == "c-yaml"), "{slugs:?}");
        Ok(())
    }
}
