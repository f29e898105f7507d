//! One `cargo check` of all crates.
//!
//! They are members of one workspace, because a call of cargo for each takes longer than the compiler does. What did not
//! change since the last run is not compiled again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::Stdio;
use std::thread;

use indicatif::ProgressBar;
use serde::Deserialize;

use crate::Fault;
use crate::api::Workspace;
use crate::commands::cargo;

/// What the compiler said of a crate.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The first error.
    pub error: Option<String>,
    /// How many warnings there were.
    pub warnings: usize,
}

/// A line that cargo prints.
#[derive(Deserialize)]
struct Line {
    reason: String,
    target: Option<Target>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    message: String,
    code: Option<Code>,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
}

/// Checks the crates of these slugs below `crates`, as members of a workspace in `directory`. They are built where the
/// generator's workspace is, with the versions of its lock file, so that what they depend on is not built twice.
pub fn check(
    workspace: &Workspace,
    slugs: &[&str],
    crates: &Path,
    directory: &Path,
    target: &Path,
    jobs: usize,
    bar: &ProgressBar,
) -> Result<BTreeMap<String, Checked>, Fault> {
    write(workspace, slugs, crates, directory)?;
    let mut process = cargo()
        .args(["check", "--workspace", "--all-features", "--keep-going", "--message-format", "json", "--jobs"])
        .arg(jobs.to_string())
        .arg("--manifest-path")
        .arg(directory.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        .env("CARGO_INCREMENTAL", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = process.stdout.take().ok_or("cargo has no standard output")?;
    let mut errors = process.stderr.take().ok_or("cargo has no standard error")?;
    let said = thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read is not shown.
        _ = errors.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    // Library to what was said of it; what is there has been compiled, or not without an error.
    let mut found = BTreeMap::<String, Checked>::new();
    let mut compiled = Vec::new();
    for line in BufReader::new(output).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let Some(target) = line.target else { continue };
        if !target.name.starts_with("api_") {
            continue;
        }
        match line.message {
            Some(message) => {
                let checked = found.entry(target.name.clone()).or_default();
                let before = checked.error.is_some();
                checked.add(message);
                if let (false, Some(error)) = (before, &checked.error) {
                    bar.suspend(|| eprintln!("{}: {error}", target.name));
                }
            }
            None if line.reason == "compiler-artifact" => {
                bar.inc(1);
                compiled.push(target.name);
            }
            None => {}
        }
    }
    process.wait()?;
    let said = said.join().map_err(|_| "a reader panicked")?;
    if compiled.is_empty() && found.is_empty() && !slugs.is_empty() {
        return Err(Fault::from(format!("cargo check in {}:\n{said}", directory.display())));
    }
    let result = slugs.iter().map(|slug| {
        let library = format!("api_{}", slug.replace('-', "_"));
        let mut checked = found.remove(&library).unwrap_or_default();
        if checked.error.is_none() && !compiled.contains(&library) {
            checked.error = Some(unexplained(&said, slug));
        }
        ((*slug).to_owned(), checked)
    });
    Ok(result.collect())
}

impl Checked {
    fn add(&mut self, message: Message) {
        if message.level == "warning" {
            self.warnings += 1;
        }
        if message.level.starts_with("error") && self.error.is_none() {
            let code = message.code.map(|code| format!("[{}]", code.code)).unwrap_or_default();
            let place = message.spans.iter().find(|span| span.is_primary);
            let place = place.map(|span| format!(" at {}:{}", span.file_name, span.line_start)).unwrap_or_default();
            self.error = Some(format!("error{code}: {}{place}", message.message));
        }
    }
}

/// What cargo said of a crate of which the compiler said nothing: it was killed, or crashed.
fn unexplained(said: &str, slug: &str) -> String {
    let named = format!("`api-{slug}`");
    let mut lines = said.lines().skip_while(|line| !line.contains(&named)).take(4);
    let first = lines.next().unwrap_or("the compiler ended without a word");
    lines.fold(first.to_owned(), |text, line| text + " " + line.trim())
}

/// The workspace: each crate's own manifest, with its library where the crate is.
fn write(workspace: &Workspace, slugs: &[&str], crates: &Path, directory: &Path) -> Result<(), Fault> {
    fs::create_dir_all(directory)?;
    let crates = crates.canonicalize()?;
    for slug in slugs {
        let own = crates.join(slug);
        let mut manifest: toml::Table = toml::from_str(&fs::read_to_string(own.join("Cargo.toml"))?)?;
        manifest.remove("workspace");
        let library = own.join("src/lib.rs").display().to_string();
        manifest.insert("lib".to_owned(), toml::Table::from_iter([("path".to_owned(), library.into())]).into());
        fs::create_dir_all(directory.join(slug))?;
        write_changed(&directory.join(slug).join("Cargo.toml"), &toml::to_string(&manifest)?)?;
    }
    let members: Vec<toml::Value> = slugs.iter().map(|slug| (*slug).into()).collect();
    let table = toml::Table::from_iter([("members".to_owned(), members.into()), ("resolver".to_owned(), "3".into())]);
    let mut root = toml::Table::from_iter([("workspace".to_owned(), table.into())]);
    let own: toml::Table = toml::from_str(&fs::read_to_string(workspace.path("Cargo.toml"))?)?;
    if let Some(profile) = own.get("profile") {
        root.insert("profile".to_owned(), profile.clone());
    }
    write_changed(&directory.join("Cargo.toml"), &toml::to_string(&root)?)?;
    fs::copy(workspace.path("Cargo.lock"), directory.join("Cargo.lock"))?;
    Ok(())
}

/// Writes a file unless it holds the text already: cargo compiles anew what has been written.
fn write_changed(path: &Path, text: &str) -> Result<(), Fault> {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text)?;
    }
    Ok(())
}
