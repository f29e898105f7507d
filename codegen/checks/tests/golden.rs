//! Small documents, one for each theme, and the clients generated from them.
//!
//! Run `UPDATE_GOLDEN=1 cargo test -p crm-clients-checks --test golden` to update `emitted/`, `calls/` and
//! `warnings.txt` of every theme: the client, calls of its operations, and the diagnostics. The runtime's
//! `tests/golden.rs` checks that the emitted code compiles and works.

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

/// Collects directories and files in a theme's `emitted/`, relative to it, with `/` as the separator.
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

/// Returns the calls of all operations of the theme's client.
fn calls(theme: &str) -> FileSet {
    let (files, report) = document(&Path::new("golden").join(theme)).calls(theme);
    assert!(files.is_some(), "{theme} has operations without calls:\n{report}");
    files.unwrap_or_default()
}

/// Removes files that an earlier update wrote.
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

/// Returns the files generated from the theme's document, and the diagnostics.
fn emitted(theme: &str) -> (FileSet, String) {
    let (api, report) = document(&Path::new("golden").join(theme)).client();
    let files = api.map(|api| emit::client(&api, "mod.rs", "", HEADER)).unwrap_or_default();
    (files, report)
}

/// Compares files with a directory of the fixtures, which must contain no others.
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
