//! `cargo xtask regen`: the vendored documents to the checked-in crate.

use crm_clients_codegen::Walk;
use crm_clients_codegen::emit;
use crm_clients_codegen::fileset::FileSet;

use crate::api::{self, Source};
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
pub fn run(arguments: &Arguments) -> Result<Outcome, Fault> {
    let chosen = api::chosen(&arguments.apis)?;
    let directory = api::workspace().join(ROOT);
    let there = tree::read(&directory)?;
    let mut files = FileSet::new();
    let mut titles = Vec::new();
    let mut faults = String::new();
    for name in api::names()? {
        match client(&name, chosen.contains(&name)) {
            Ok((title, client)) => {
                titles.push((name.clone(), title));
                match client {
                    Some(client) => files.extend(client),
                    // What was not asked for stays as it is.
                    None => {
                        let kept = there.iter().filter(|(path, _)| path.starts_with(&format!("{name}/")));
                        kept.for_each(|(path, text)| files.insert(path.clone(), text.clone()));
                    }
                }
            }
            // The next document may have faults too: they are told together.
            Err(Fault(report)) => faults.push_str(&report),
        }
    }
    if !faults.is_empty() {
        return Err(Fault::shown(faults));
    }
    files.insert("lib.rs", emit::module_root(&titles, "specs"));
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

/// The title of an API and, where it was chosen, its files.
fn client(name: &str, chosen: bool) -> Result<(String, Option<FileSet>), Fault> {
    let source = Source::vendored(name)?;
    if !chosen {
        let document = source.walk(Walk::overlaid)?;
        let title = document.pointer("/info/title").and_then(|title| title.as_str()).unwrap_or_default();
        return Ok((title.to_owned(), None));
    }
    let api = source.walk(|walk, input| walk.ir(input, name))?;
    let client = emit::client(&api, &format!("{name}/mod.rs"), &format!("{name}/"), &format!("specs/{name}"));
    Ok((api.title.clone(), Some(client)))
}
