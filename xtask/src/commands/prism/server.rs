//! The mock server: installed from the lock file, started on a free port, and stopped when its handle is dropped.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use crm_clients_cli::{Error, Project};

/// The kind of responses that the server returns.
#[derive(Clone, Copy)]
pub enum Answers {
    /// All properties, each with a simple value.
    Plain,
    /// Random properties, items and values; the same in every run.
    Varied,
}

/// An installation of Prism.
pub struct Prism {
    directory: PathBuf,
}

impl Prism {
    /// Installs the packages of `xtask/prism/package-lock.json` in `directory`, unless they are already installed.
    pub fn install(workspace: &Project, directory: &Path) -> Result<Self, Error> {
        let directory = directory.join("server");
        fs::create_dir_all(&directory)?;
        let mut same = directory.join("node_modules/.package-lock.json").is_file();
        for file in ["package.json", "package-lock.json", "serve.js"] {
            let wanted = fs::read(workspace.path("xtask/prism").join(file))
                .map_err(|error| format!("xtask/prism/{file}: {error}"))?;
            let there = directory.join(file);
            if fs::read(&there).ok().as_ref() != Some(&wanted) {
                fs::write(there, wanted)?;
                same = false;
            }
        }
        if !same {
            let installed = Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
                .current_dir(&directory)
                .output()
                .map_err(|error| format!("npm: {error}; Prism needs Node.js 18.20 or newer with npm"))?;
            if !installed.status.success() {
                let said = String::from_utf8_lossy(&installed.stderr).into_owned();
                return Err(Error::from(format!("npm ci failed in {}:\n{said}", directory.display())));
            }
        }
        Ok(Self { directory })
    }

    /// Serves a document on a free port of this machine and waits until it listens.
    pub fn serve(&self, document: &Path, answers: Answers) -> Result<Server, Error> {
        let options: &[&str] = match answers {
            Answers::Plain => &[],
            Answers::Varied => &["--dynamic", "--seed", "1"],
        };
        let mut process = Command::new("node")
            .args(["serve.js", "mock", "--errors", "--host", "127.0.0.1", "--port", "0"])
            .args(options)
            .arg(document)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node: {error}"))?;
        let output = process.stdout.take();
        let mut server = Server { process, url: String::new() };
        let mut lines = BufReader::new(output.ok_or("node has no standard output")?).lines();
        let mut said = Vec::new();
        for line in lines.by_ref() {
            let line = line?;
            if let Some((_, url)) = line.split_once("Prism is listening on ") {
                server.url = url.trim().to_owned();
                break;
            }
            said.push(line);
        }
        if server.url.is_empty() {
            return Err(Error::from(format!("Prism does not serve {}:\n{}", document.display(), said.join("\n"))));
        }
        // Read the remaining output and discard it, so that the process is never blocked.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

/// A running server. It is stopped when dropped, and stops itself when its standard input is closed.
pub struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Returns the URL of the server.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
