//! The program that calls the operations: a crate in the target directory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crm_clients_cli::{
    Error, Project,
    file_set::{self, Lock},
};
use crm_clients_document::Pipeline;
use crm_clients_generator::Generate;
use crm_clients_generator::callgen;
use crm_clients_generator::fileset::FileSet;
use serde_json::Value;

use super::cargo;
use super::tally::Called;

/// The compiled program.
pub struct Program {
    manifest: PathBuf,
    target: PathBuf,
    documents: Vec<(String, Value)>,
}

impl Program {
    /// Writes and compiles the program. It shares the workspace's target directory and lock file, so that nothing is
    /// built twice.
    pub fn build(workspace: &Project, apis: &[String], target: &Path) -> Result<Self, Error> {
        let mut files = FileSet::new();
        let mut documents = Vec::new();
        for name in apis {
            let source = workspace.source(name)?;
            let document = source.run(Pipeline::lowered)?;
            let calls = source.run(|pipeline, input| pipeline.calls(input, name))?;
            for (path, text) in calls.iter() {
                files.insert(format!("{name}/{path}"), text);
            }
            documents.push((name.clone(), document));
        }
        files.insert("main.rs", callgen::program(apis));
        let directory = target.join("prism/program");
        let lock = Lock::exclusive(&directory)?;
        file_set::write(&lock, "src", &directory.join("src").display().to_string(), &files)?;
        let manifest = directory.join("Cargo.toml");
        fs::write(&manifest, toml::to_string(&package(workspace, features(&documents))?)?)?;
        fs::copy(workspace.path("Cargo.lock"), directory.join("Cargo.lock"))?;
        let program = Self { manifest, target: target.to_owned(), documents };
        if !program.cargo("build").status()?.success() {
            return Err(Error::from(format!("the program in {} does not compile", directory.display())));
        }
        Ok(program)
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = cargo();
        cargo.args([command, "--quiet", "--manifest-path"]).arg(&self.manifest).arg("--target-dir").arg(&self.target);
        cargo
    }

    /// Returns the lowered documents from which it was generated.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.documents.iter().map(|(name, document)| (name.as_str(), document))
    }

    /// Calls every operation of an API at `url`.
    pub fn call(&self, api: &str, url: &str) -> Result<Vec<Called>, Error> {
        let output = self.cargo("run").args(["--", api, url]).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::from(format!("the calls of {api} did not finish: {said}")));
        }
        let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(serde_json::from_slice).collect::<Result<_, _>>()?)
    }
}

/// Returns the cargo features of the documents' operations.
fn features(documents: &[(String, Value)]) -> BTreeSet<String> {
    let items = documents
        .iter()
        .filter_map(|(_, document)| document.get("paths")?.as_object())
        .flat_map(|paths| paths.values());
    let operations = items.filter_map(Value::as_object).flat_map(|item| item.values());
    operations.filter_map(|operation| operation.get("x-rust-feature")?.as_str()).map(str::to_owned).collect()
}

/// Returns the program's manifest, with the profile and dependencies of the workspace.
fn package(workspace: &Project, features: BTreeSet<String>) -> Result<toml::Table, Error> {
    let root: toml::Table = toml::from_str(&fs::read_to_string(workspace.path("Cargo.toml"))?)?;
    let shared = |name: &str| {
        let dependencies = root.get("workspace").and_then(|workspace| workspace.get("dependencies"));
        let found = dependencies.and_then(|dependencies| dependencies.get(name)).cloned();
        found.ok_or_else(|| format!("the workspace has no dependency `{name}`"))
    };
    let path = |path: &str| {
        let path = workspace.path(path).canonicalize()?;
        Ok::<_, std::io::Error>(toml::Table::from_iter([("path".to_owned(), path.display().to_string().into())]))
    };
    let mut clients = path("generated")?;
    clients.insert("features".to_owned(), features.into_iter().collect::<Vec<_>>().into());
    let dependencies = toml::Table::from_iter([
        ("crm-clients".to_owned(), clients.into()),
        ("crm-clients-runtime".to_owned(), path("codegen/runtime")?.into()),
        ("serde_json".to_owned(), shared("serde_json")?),
        ("tokio".to_owned(), shared("tokio")?),
    ]);
    let package = toml::Table::from_iter([
        ("name".to_owned(), "crm-clients-calls".into()),
        ("version".to_owned(), "0.0.0".into()),
        ("edition".to_owned(), "2024".into()),
        ("publish".to_owned(), false.into()),
    ]);
    let mut manifest = toml::Table::from_iter([
        ("package".to_owned(), package.into()),
        ("dependencies".to_owned(), dependencies.into()),
        ("workspace".to_owned(), toml::Table::new().into()),
    ]);
    if let Some(profile) = root.get("profile") {
        manifest.insert("profile".to_owned(), profile.clone());
    }
    Ok(manifest)
}
