//! A workspace with one small API, and functions to run commands.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Runs a command in the workspace that contains this crate.
pub fn xtask(arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output()?)
}

/// Returns output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A workspace with one small API, regenerated.
pub struct Workspace {
    directory: tempfile::TempDir,
}

/// The API's document.
pub const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      tags: [Pets]
      responses:
        '200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/pet'}}}}}
components:
  schemas:
    pet: {type: object, required: [name], properties: {name: {type: string}, age: {type: [integer, 'null']}}}
";

impl Workspace {
    pub fn new() -> Result<Self> {
        let workspace = Self { directory: tempfile::tempdir()? };
        fs::create_dir_all(workspace.path("specs/pets"))?;
        fs::write(workspace.path("specs/pets/openapi.yaml"), DOCUMENT)?;
        let output = workspace.run(&["regen"])?;
        assert!(output.status.success(), "{}", text(&output.stderr));
        Ok(workspace)
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        let root = self.directory.path().to_string_lossy().into_owned();
        xtask(&[arguments, &["--workspace", &root]].concat())
    }
}

/// Returns the paths and texts of the files in a directory.
pub fn tree(directory: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let mut queue = vec![directory.to_owned()];
    while let Some(path) = queue.pop() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                queue.push(entry.path());
            } else {
                files.push((entry.path(), fs::read_to_string(entry.path())?));
            }
        }
    }
    files.sort();
    Ok(files)
}
