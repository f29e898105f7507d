//! `cargo xtask regen`: the vendored documents to the checked-in crate.

use std::panic::resume_unwind;
use std::thread;

use crm_clients_codegen::emit::{self, Module};
use crm_clients_codegen::fileset::FileSet;
use crm_clients_codegen::{Input, Pipeline};

use crate::api::{Source, Workspace};
use crate::{Fault, Outcome, tree};

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

/// Runs it.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Outcome, Fault> {
    let chosen = workspace.chosen(&arguments.apis)?;
    let directory = workspace.path(ROOT);
    let there = tree::read(&directory)?;
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
        eprint!("{report}");
        let guide = format!("../guides/{name}.md");
        let guide = directory.join(&guide).exists().then_some(guide);
        modules.push(Module { name: name.clone(), title, guide });
        match made {
            Some(made) => files.extend(made),
            // What was not asked for stays as it is.
            None => {
                let kept = there.iter().filter(|(path, _)| path.starts_with(&format!("{name}/")));
                kept.for_each(|(path, text)| files.insert(path.clone(), text.clone()));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Fault::shown(faults));
    }
    files.insert("lib.rs", emit::module_root(&modules, "../../README.md", "specs"));
    if arguments.check {
        let differences = files.compare(&there);
        if differences.is_empty() {
            return Ok(Outcome::Done);
        }
        print!("{}", tree::diff(ROOT, &differences));
        println!("{ROOT} is stale in {} files: run `cargo xtask regen` and commit the result", differences.len());
        return Ok(Outcome::Different);
    }
    let differences = tree::write(&directory, &files)?;
    println!("{ROOT}: {} files, {} changed", files.len(), differences.len());
    Ok(Outcome::Done)
}

/// An API's title and, where it was chosen, its files.
type Client = (String, Option<FileSet>);

/// The APIs side by side: none knows of another.
fn clients(workspace: &Workspace, names: &[String], chosen: &[String]) -> Result<Vec<(Option<Client>, String)>, Fault> {
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
    let api = walk.ir(input, name)?;
    let files = emit::client(&api, &format!("{name}/mod.rs"), &format!("{name}/"), &format!("specs/{name}"));
    Some((api.title, Some(files)))
}
