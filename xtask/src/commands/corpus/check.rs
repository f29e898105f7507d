//! Runs one `cargo check` for all crates.
//!
//! The crates are members of one workspace, because running cargo for each takes longer than compiling. Crates that did
//! not change since the last run are not compiled again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::thread;

use crm_clients_cli::{Error, Project, note};
use indicatif::ProgressBar;
use serde::Deserialize;

use crate::commands::cargo;

/// The compiler's output for a crate.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The first error.
    pub error: Option<String>,
    /// The number of warnings.
    pub warnings: usize,
}

/// A library by cargo's name, and true if it was built.
#[derive(Default)]
struct Library {
    checked: Checked,
    is_compiled: bool,
}

/// A line of cargo's output.
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

/// Checks the crates with these slugs in `crates` as members of a workspace in `directory`. They share the generator's
/// target directory and lock file, so that dependencies are not built twice.
pub fn check(
    workspace: &Project,
    slugs: &[&str],
    crates: &Path,
    directory: &Path,
    target: &Path,
    jobs: usize,
    bar: &ProgressBar,
) -> Result<BTreeMap<String, Checked>, Error> {
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
        // Unreadable output is not shown.
        _ = errors.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    let mut libraries = read(output, bar)?;
    process.wait()?;
    let said = said.join().map_err(|_| "a reader panicked")?;
    if libraries.is_empty() && !slugs.is_empty() {
        return Err(Error::from(format!("cargo check in {}:\n{said}", directory.display())));
    }
    let result = slugs.iter().map(|slug| {
        let mut library = libraries.remove(&format!("api_{}", slug.replace('-', "_"))).unwrap_or_default();
        if !library.is_compiled && library.checked.error.is_none() {
            library.checked.error = Some(unexplained(&said, slug));
        }
        ((*slug).to_owned(), library.checked)
    });
    Ok(result.collect())
}

/// Reads cargo's messages about each library. The first error of each is printed immediately, because the whole run may
/// take long.
fn read(output: impl Read, bar: &ProgressBar) -> Result<BTreeMap<String, Library>, Error> {
    let mut libraries = BTreeMap::<String, Library>::new();
    for line in BufReader::new(output).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let Some(target) = line.target.filter(|target| target.name.starts_with("api_")) else { continue };
        let library = libraries.entry(target.name.clone()).or_default();
        if let Some(message) = line.message {
            if let Some(error) = library.checked.add(message) {
                bar.suspend(|| note!("{}: {error}", target.name));
            }
        } else if line.reason == "compiler-artifact" {
            library.is_compiled = true;
            bar.inc(1);
        }
    }
    Ok(libraries)
}

impl Checked {
    /// Adds a message. If it is the first error, returns it for display.
    fn add(&mut self, message: Message) -> Option<&str> {
        if message.level == "warning" {
            self.warnings += 1;
        }
        if !message.level.starts_with("error") || self.error.is_some() {
            return None;
        }
        let code = message.code.map(|code| format!("[{}]", code.code)).unwrap_or_default();
        let place = message.spans.iter().find(|span| span.is_primary);
        let place = place.map(|span| format!(" at {}:{}", span.file_name, span.line_start)).unwrap_or_default();
        Some(self.error.insert(format!("error{code}: {}{place}", message.message)))
    }
}

/// Returns cargo's message about a crate without compiler errors: the compiler was killed or crashed.
fn unexplained(said: &str, slug: &str) -> String {
    let named = format!("`api-{slug}`");
    let mut lines = said.lines().skip_while(|line| !line.contains(&named)).take(4);
    let first = lines.next().unwrap_or("the compiler ended without a message");
    lines.fold(first.to_owned(), |text, line| text + " " + line.trim())
}

/// Writes the workspace: each crate's own manifest, with the path of its library.
fn write(workspace: &Project, slugs: &[&str], crates: &Path, directory: &Path) -> Result<(), Error> {
    fs::create_dir_all(directory)?;
    let crates = crates.canonicalize()?;
    for slug in slugs {
        let own = crates.join(slug);
        let mut manifest: toml::Table = toml::from_str(&fs::read_to_string(own.join("Cargo.toml"))?)?;
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

/// Writes a file if its text changed, because cargo recompiles files that are written.
fn write_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_error_of_a_crate_is_kept() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"serde"}}"#,
            "\n",
            r#"{"reason":"compiler-message","target":{"name":"api_a"},"message":{"level":"warning","message":"unused","code":null,"spans":[]}}"#,
            "\n",
            r#"{"reason":"compiler-message","target":{"name":"api_a"},"message":{"level":"error","message":"not found","code":{"code":"E0425"},"spans":[{"file_name":"other.rs","line_start":1,"is_primary":false},{"file_name":"lib.rs","line_start":7,"is_primary":true}]}}"#,
            "\n",
            r#"{"reason":"compiler-message","target":{"name":"api_a"},"message":{"level":"error","message":"aborting","code":null,"spans":[]}}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"api_b"}}"#,
            "\n",
            r#"{"reason":"build-finished","success":false}"#,
            "\n",
        );
        let libraries = read(messages.as_bytes(), &ProgressBar::hidden()).unwrap_or_default();
        assert_eq!(libraries.keys().collect::<Vec<_>>(), ["api_a", "api_b"]);
        let (a, b) = (&libraries["api_a"], &libraries["api_b"]);
        assert_eq!(a.checked.error.as_deref(), Some("error[E0425]: not found at lib.rs:7"));
        assert_eq!((a.is_compiled, a.checked.warnings), (false, 1));
        assert_eq!((b.is_compiled, b.checked.error.as_deref()), (true, None));
    }

    #[test]
    fn killed_compiler_is_an_error() {
        let said = "   Checking api-a v0.1.0\nerror: could not compile `api-a` (lib)\n\nCaused by:\n  process didn't exit successfully: (signal: 9, SIGKILL: kill)\n";
        assert_eq!(
            unexplained(said, "a"),
            "error: could not compile `api-a` (lib)  Caused by: process didn't exit successfully: (signal: 9, SIGKILL: kill)"
        );
        assert_eq!(unexplained("", "a"), "the compiler ended without a message");
    }
}
