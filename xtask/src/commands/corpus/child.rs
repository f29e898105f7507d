//! Runs `generate` for a document in its own process, which may crash, time out or be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crm_clients_cli::{Error, Project};
use serde::Deserialize;
use wait4::Wait4 as _;

use super::documents::Document;

/// The result of generating a crate.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The outcome.
    pub end: End,
    /// The number of warnings by code.
    pub warnings: BTreeMap<String, usize>,
    /// The warnings about the document's own file.
    pub located: Vec<Warning>,
    /// The elapsed time.
    pub seconds: f64,
    /// The peak memory usage.
    pub peak_mib: f64,
}

/// The outcome of `generate`.
#[derive(Clone, Debug)]
pub enum End {
    /// A crate was generated.
    Generated,
    /// The document has errors: their codes, and the first error with its location.
    Refused { codes: BTreeSet<String>, message: String },
    /// Any other failure.
    Failed(String),
}

/// A warning at a node of the document's own file.
#[derive(Clone, Debug)]
pub struct Warning {
    /// The code.
    pub code: String,
    /// The JSON pointer of the node in the file.
    pub pointer: String,
}

/// A line of the output of `generate`.
#[derive(Deserialize)]
struct Line {
    severity: String,
    code: String,
    file: Option<PathBuf>,
    pointer: String,
    source: Option<String>,
    message: String,
}

/// The output of `generate`.
#[derive(Default)]
struct Said {
    warnings: BTreeMap<String, usize>,
    located: Vec<Warning>,
    codes: BTreeSet<String>,
    first: Option<String>,
}

/// Generates the crate of a document in `directory`.
///
/// The peak memory of a process is at least the memory of its parent at the time of its start, which is why this
/// process keeps no large values until all are done.
pub fn generate(workspace: &Project, document: &Document, directory: &Path, limit: Duration) -> Result<Ran, Error> {
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["generate", "--format", "json", "--all-warnings", "--name", &format!("api-{}", document.slug), "--spec"])
        .arg(&document.file)
        .arg("--out")
        .arg(directory)
        .arg("--workspace")
        .arg(workspace.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or("a process has no standard output")?;
    let errors = child.stderr.take().ok_or("a process has no standard error")?;
    let (sender, ended) = mpsc::channel();
    let file = document.file.clone();
    let (said, errors) = (
        thread::spawn(move || {
            let said = Said::read(output, &file);
            // After the time limit, nobody receives this.
            _ = sender.send(());
            said
        }),
        thread::spawn(move || beginning(errors)),
    );
    let in_time = ended.recv_timeout(limit).is_ok();
    if !in_time {
        child.kill()?;
    }
    let used = child.wait4()?;
    let said = said.join().map_err(|_| "a reader panicked")??;
    let errors = errors.join().map_err(|_| "a reader panicked")?;
    let end = if in_time { said.end(used.status, &errors) } else { End::Failed(format!("took longer than {limit:?}")) };
    Ok(Ran {
        end,
        warnings: said.warnings,
        located: said.located,
        seconds: start.elapsed().as_secs_f64(),
        peak_mib: used.rusage.maxrss as f64 / f64::from(1 << 20),
    })
}

impl Said {
    fn read(output: impl Read, file: &Path) -> io::Result<Self> {
        let mut said = Self::default();
        for line in BufReader::new(output).lines() {
            let line: Line = serde_json::from_str(&line?)?;
            if line.severity == "error" {
                said.codes.insert(line.code);
                said.first.get_or_insert_with(|| format!("{} at #{}", line.message, line.pointer));
            } else {
                *said.warnings.entry(line.code.clone()).or_default() += 1;
                if let Some(pointer) = line.source.filter(|_| line.file.is_some_and(|found| found == file)) {
                    said.located.push(Warning { code: line.code, pointer });
                }
            }
        }
        Ok(said)
    }

    /// Returns the outcome for the exit status of a process.
    fn end(&self, status: ExitStatus, errors: &str) -> End {
        match (status.code(), &self.first) {
            (Some(0), None) => End::Generated,
            (Some(2), Some(message)) => End::Refused { codes: self.codes.clone(), message: message.clone() },
            _ => End::Failed(format!("{status}: {errors}")),
        }
    }
}

/// Returns the beginning of a process's error output. The rest is read too, so that the process is never blocked.
fn beginning(errors: impl Read) -> String {
    let mut kept = Vec::new();
    let mut errors = errors;
    // Unreadable output is not shown.
    _ = errors.by_ref().take(2000).read_to_end(&mut kept);
    _ = io::copy(&mut errors, &mut io::sink());
    String::from_utf8_lossy(&kept).trim().to_owned()
}
