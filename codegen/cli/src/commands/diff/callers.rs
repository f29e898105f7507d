//! `--callers`: the lines of a Rust program that a review affects.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crm_clients_document::sanitize;
use crm_clients_review::diff::Review;
use crm_clients_review::diff::callers::affected;

use crate::{Error, input};

/// Maximum number of files that are searched.
const MOST: usize = 20_000;

/// Lists the lines of the program below a directory that the review's findings may affect.
pub fn report(review: &Review, directory: &Path) -> Result<String, Error> {
    let mut files = Vec::new();
    collect(directory, &mut files)?;
    files.sort();
    let mut out = format!("\nLines of {} that may be affected:\n", sanitize::line(&shown(directory)));
    let mut count = 0;
    for file in &files {
        let text = input::read(file).map_err(|error| format!("{}: {error}", shown(file)))?;
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        for found in affected(review, &text) {
            count += 1;
            let code = lines.get(found.line - 1).map_or("", |line| line.trim());
            let change = &found.finding.change;
            let place = sanitize::line(&shown(file)).into_owned();
            let _ = writeln!(out, "  {place}:{}: {}", found.line, sanitize::line(code));
            let _ = writeln!(out, "      {} {}", change.severity.word(), sanitize::line(&change.message));
        }
    }
    let _ = match count {
        0 => writeln!(out, "  none in {} files", files.len()),
        _ => writeln!(
            out,
            "  {count} in {} files; only names are compared, so check the result with the compiler",
            files.len()
        ),
    };
    Ok(out)
}

/// Collects the Rust files in a directory, without build output and files of tools. Symbolic links are not followed.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = fs::read_dir(directory).map_err(|error| format!("{}: {error}", shown(directory)))?;
    for entry in entries {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        let name = entry.file_name();
        let is_hidden = name.to_string_lossy().starts_with('.') || name == "target";
        if kind.is_dir() && !is_hidden {
            collect(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
        if files.len() > MOST {
            return Err(Error::from(format!("{} has more than {MOST} Rust files", shown(directory))));
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
