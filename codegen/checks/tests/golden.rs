//! Small documents, a theme each, and the client that each one becomes.
//!
//! `UPDATE_GOLDEN=1 cargo test -p crm-clients-checks --test golden` writes `emitted/`, `calls/` and `warnings.txt`
//! of every theme anew: the client, calls of its operations, and what was said. That what is emitted compiles and
//! behaves is shown by the runtime's `tests/golden.rs`.

mod support;
#[path = "support/walk.rs"]
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use crm_clients_generator::emit::{self, Header};
use crm_clients_generator::fileset::FileSet;
use libtest_mimic::{Arguments, Trial};
use support::{fixtures, golden};
use walk::{document, documents};

const HEADER: Header<'_> = Header { command: "cargo xtask regen", source: "fixtures" };

/// Directories and files in a theme's `emitted/`, relative to it, with `/` between their parts.
fn emitted_files(directory: &Path, below: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            emitted_files(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name);
        }
    }
    Ok(())
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// The calls of every operation that the theme's client has.
fn calls(theme: &str) -> FileSet {
    let (files, report) = document(&Path::new("golden").join(theme)).calls(theme);
    assert!(files.is_some(), "{theme} has operations that cannot be called:\n{report}");
    files.unwrap_or_default()
}

/// Removes what an earlier update wrote and this one may not.
fn clear(directory: &Path) -> io::Result<()> {
    for emitted in ["emitted", "calls"].map(|name| directory.join(name)) {
        if emitted.is_dir() {
            fs::remove_dir_all(emitted)?;
        }
    }
    let warnings = directory.join("warnings.txt");
    if warnings.is_file() {
        fs::remove_file(warnings)?;
    }
    Ok(())
}

/// What the theme's document becomes, and what was said about it.
fn emitted(theme: &str) -> (FileSet, String) {
    let (api, report) = document(&Path::new("golden").join(theme)).client();
    let files = api.map(|api| emit::client(&api, "mod.rs", "", HEADER)).unwrap_or_default();
    (files, report)
}

/// Compares files with those in a directory of the fixtures, which has no others.
fn compare(directory: &Path, files: &FileSet) -> io::Result<()> {
    for (path, text) in files.iter() {
        golden(directory.join(path), text);
    }
    let mut found = BTreeSet::new();
    emitted_files(&fixtures().join(directory), "", &mut found)?;
    let expected: BTreeSet<String> = files.iter().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(found, expected, "{} has files that are not emitted", directory.display());
    Ok(())
}

/// Compares what a theme becomes with its golden files.
fn comes_out_as_it_should(theme: &str) -> io::Result<()> {
    let (files, report) = emitted(theme);
    assert!(!files.is_empty(), "{theme} has faults:\n{report}");
    let directory = PathBuf::from("golden").join(theme);
    let warnings = directory.join("warnings.txt");
    if updating() {
        clear(&fixtures().join(&directory))?;
    }
    compare(&directory.join("emitted"), &files)?;
    compare(&directory.join("calls"), &calls(theme))?;
    match report.is_empty() {
        true => assert!(!fixtures().join(&warnings).exists(), "{theme} has a warnings.txt and no warnings"),
        false => golden(warnings, &report),
    }
    assert!(emitted(theme) == (files, report), "the same document gives other bytes");
    Ok(())
}

/// One test for each theme, so that a failure names it.
fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let themes = documents("golden")?;
    assert!(themes.len() >= 31, "{themes:?}");
    let test = |theme: String| {
        Trial::test(theme.clone(), move || comes_out_as_it_should(&theme).map_err(|error| error.to_string().into()))
    };
    Ok(libtest_mimic::run(&arguments, themes.into_iter().map(test).collect()).exit_code())
}
