//! `cargo xtask regen`: the vendored documents to the checked-in crate.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, Module};
use crm_clients_generator::fileset::FileSet;
use crm_clients_review::{Lint, coverage};

use crate::api::{Source, Workspace};
use crate::file_set::{self, Contents, Lock};
use crate::output::{self, say};
use crate::{Error, Outcome};

/// Arguments of `regen`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The APIs to regenerate; all of them where none is named.
    #[arg(value_name = "API")]
    apis: Vec<String>,
    /// Writes nothing; shows how generated/src differs and exits with 1 if it does.
    #[arg(long)]
    check: bool,
}

const ROOT: &str = "generated/src";
const PARENT: &str = "generated";
const NAME: &str = "src";

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Error> {
    let chosen = workspace.chosen(&arguments.apis)?;
    let parent = workspace.path(PARENT);
    if parent.is_symlink() {
        return Err(Error::from(format!("{PARENT} is a symbolic link; it must be a directory")));
    }
    let lock = match arguments.check {
        // Nothing is created, not even what is locked.
        true => Lock::shared(if parent.is_dir() { &parent } else { workspace.root() })?,
        false => Lock::exclusive(&parent)?,
    };
    let directory = parent.join(NAME);
    let there = Contents::read(&directory)?;
    let names = workspace.apis()?;
    let mut files = FileSet::new();
    let mut modules = Vec::new();
    let mut faults = String::new();
    for (name, client) in names.iter().zip(clients(workspace, &names, &chosen)?) {
        let (made, report) = client;
        let Some((title, made)) = made else {
            // The next document may have faults too: they are told together.
            faults.push_str(&report);
            continue;
        };
        output::report_to_stderr(&report);
        let guide = format!("../guides/{name}.md");
        let guide = directory.join(&guide).exists().then_some(guide);
        modules.push(Module { name: name.clone(), title, guide });
        match made {
            Some(made) => files.extend(made),
            // What was not asked for stays as it is.
            None => {
                let kept = there.files.iter().filter(|(path, _)| path.starts_with(&format!("{name}/")));
                kept.for_each(|(path, text)| files.insert(path.clone(), text.clone()));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Error::shown(faults));
    }
    files.insert("lib.rs", emit::module_root(&modules, "../../README.md", "specs"));
    let stale = coverages(workspace, &chosen, arguments.check)?;
    if arguments.check {
        return check(&parent, &there, &files).map(|outcome| if stale { Outcome::Different } else { outcome });
    }
    let differences = file_set::write(&lock, NAME, ROOT, &files)?;
    say!("{ROOT}: {} files, {} changed", files.len(), differences.len());
    Ok(Outcome::Done)
}

/// Writes what the clients support of their documents, or compares it if `check` is set. Returns true if something was different.
fn coverages(workspace: &Workspace, apis: &[String], check: bool) -> Result<bool, Error> {
    let mut stale = false;
    for api in apis {
        let (found, walk) = workspace.source(api)?.inspect(|walk, input| coverage::coverage(walk, input, api));
        let found = found.ok_or_else(|| Error::shown(walk.report(false)))?;
        let differs = super::coverage::write(workspace, api, &super::coverage::text(&found)?, check)?;
        if differs && check {
            say!("specs/{api}/coverage.toml is stale: run `cargo xtask regen` and commit the result");
        }
        stale |= differs;
    }
    Ok(stale)
}

/// Shows how the directory differs from the files that it should have, and what else there is.
fn check(parent: &Path, there: &Contents, files: &FileSet) -> Result<Outcome, Error> {
    let differences = files.compare(&there.files);
    let stale = differences.len() + there.others.len();
    let is_left_behind = file_set::staging::is_left_behind(parent);
    if !differences.is_empty() {
        say!("{}", file_set::diff(ROOT, &differences).trim_end_matches('\n'));
    }
    for (path, kind) in &there.others {
        say!("{ROOT}/{path} is {kind}, which `regen` does not write");
    }
    if stale > 0 {
        say!("{ROOT} is stale in {stale} files: run `cargo xtask regen` and commit the result");
    }
    if is_left_behind {
        say!("{PARENT}/{} was left by a run that was killed: `cargo xtask regen` removes it", file_set::staging::NAME);
    }
    Ok(if stale > 0 || is_left_behind { Outcome::Different } else { Outcome::Done })
}

/// An API's title and, where it was chosen, its files.
type Client = (String, Option<FileSet>);

/// The APIs side by side: none knows of another.
fn clients(workspace: &Workspace, names: &[String], chosen: &[String]) -> Result<Vec<(Option<Client>, String)>, Error> {
    let sources: Vec<Source> = names.iter().map(|name| workspace.source(name)).collect::<Result<_, _>>()?;
    let make =
        |(name, source): (&String, &Source)| source.walk_quietly(|walk, input| client(walk, input, name, chosen));
    Ok(thread::scope(|scope| {
        let running: Vec<_> = names.iter().zip(&sources).map(|one| scope.spawn(move || make(one))).collect();
        let joined = running.into_iter().map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.collect()
    }))
}

fn client(walk: &mut Pipeline, input: &Input<'_>, name: &String, chosen: &[String]) -> Option<Client> {
    if !chosen.contains(name) {
        let document = walk.overlaid(input)?;
        let title = document.pointer("/info/title").and_then(|title| title.as_str()).unwrap_or_default();
        return Some((title.to_owned(), None));
    }
    let api = walk.client(input, name)?;
    let files = emit::client(&api, &format!("{name}/mod.rs"), &format!("{name}/"), &format!("specs/{name}"));
    Some((api.title, Some(files)))
}
