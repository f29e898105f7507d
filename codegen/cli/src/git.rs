//! Files at earlier revisions.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The git repository of the workspace.
pub struct Repository {
    root: PathBuf,
}

/// A commit and its name.
#[derive(Clone)]
pub struct Revision {
    /// The requested name, or the short hash.
    pub name: String,
    commit: String,
}

impl Repository {
    /// Returns the repository of a workspace. Paths are relative to `root`.
    pub fn of(root: PathBuf) -> Self {
        Self { root }
    }

    /// Returns the revision with this name.
    pub fn revision(&self, name: &str) -> Result<Revision, Error> {
        let commit = format!("{name}^{{commit}}");
        let found = self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
        let commit = found.map_err(|error| match error.to_string() {
            empty if empty.is_empty() => format!("unknown revision `{name}`"),
            why => format!("revision `{name}`: {why}"),
        })?;
        Ok(Revision { name: name.to_owned(), commit })
    }

    /// Returns the merge base of the working tree's branch and the main branch.
    pub fn merge_base(&self) -> Result<Revision, Error> {
        let main = ["origin/HEAD", "origin/main", "main"].into_iter().find_map(|name| self.revision(name).ok());
        let main = main.ok_or("no main branch found; use --base to set the revision to compare with")?;
        let commit = self.text(&["merge-base", "HEAD", &main.commit]).map_err(|error| {
            format!(
                "`HEAD` and `{}` have no common revision: {error}; use --base to set the revision to compare with",
                main.name
            )
        })?;
        let name = self.text(&["rev-parse", "--short", &commit]).unwrap_or_else(|_| commit.clone());
        Ok(Revision { name, commit })
    }

    /// Returns the files in a directory, relative to the root, with `/` as the separator.
    pub fn files(&self, revision: &Revision, directory: &str) -> Result<Vec<String>, Error> {
        let listed =
            self.run(&["ls-tree", "-r", "-z", "--name-only", &revision.commit, "--", &format!("{directory}/")])?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// Returns the bytes of a file.
    pub fn read(&self, revision: &Revision, path: &str) -> io::Result<Vec<u8>> {
        self.run(&["cat-file", "blob", &format!("{}:./{path}", revision.commit)])
    }

    /// Returns a directory at a revision.
    pub fn tree(&self, revision: &Revision, directory: &str) -> Tree {
        let repository = Self { root: self.root.clone() };
        Tree { repository, revision: revision.clone(), directory: directory.to_owned() }
    }

    fn text(&self, arguments: &[&str]) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.run(arguments)?).trim().to_owned())
    }

    fn run(&self, arguments: &[&str]) -> io::Result<Vec<u8>> {
        let output = Command::new("git").arg("-C").arg(&self.root).args(arguments).output();
        let output = output.map_err(|error| io::Error::new(error.kind(), format!("cannot run git: {error}")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let why = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(why.trim().trim_start_matches("fatal: ").to_owned()))
    }
}

/// A directory at a revision.
pub struct Tree {
    repository: Repository,
    revision: Revision,
    directory: String,
}

impl Tree {
    /// Reads a file in the directory.
    pub fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut inside = PathBuf::new();
        for part in Path::new(path).components() {
            match part {
                std::path::Component::Normal(part) => inside.push(part),
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir if inside.pop() => {}
                _ => {
                    let message = "is outside the document's directory";
                    return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
                }
            }
        }
        let inside = inside.to_string_lossy().replace('\\', "/");
        let path = if self.directory.is_empty() { inside } else { format!("{}/{inside}", self.directory) };
        self.repository.read(&self.revision, &path)
    }
}
