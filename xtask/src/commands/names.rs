//! `cargo xtask names`: the names that `names.lock` keeps although the document now has others.

use std::collections::BTreeSet;

use crm_clients_cli::names_lock::{self, client, held};
use crm_clients_cli::{Error, Outcome, Project, say};
use crm_clients_document::names_lock::{Alias, NamesLock};
use crm_clients_document::sanitize;
use crm_clients_generator::ir::Api;
use crm_clients_generator::lock::{HeldName, held_names, renamed};

/// Arguments of `names`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the names that differ from those of the document
    List {
        /// APIs to list (default: all APIs)
        #[arg(value_name = "API")]
        apis: Vec<String>,
    },
    /// Accept the document's names; the old ones become deprecated aliases for one minor version
    Accept {
        /// API whose names to accept
        #[arg(value_name = "API")]
        api: String,
        /// Names to replace, as shown by `list` (default: all names)
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
}

/// Runs the command.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    match &arguments.action {
        Action::List { apis } => list(workspace, apis),
        Action::Accept { api, names } => accept(workspace, api, names),
    }
}

fn list(workspace: &Project, apis: &[String]) -> Result<Outcome, Error> {
    for name in workspace.chosen(apis)? {
        for held in held(&workspace.source(&name)?, &name)? {
            let operations = sanitize::line(&held.operations.join(", ")).into_owned();
            let operations = if operations.is_empty() { operations } else { format!(" ({operations})") };
            say!("{name} {} would be {}{operations}", held.name, held.own);
        }
    }
    Ok(Outcome::Done)
}

fn accept(workspace: &Project, name: &str, accepted: &[String]) -> Result<Outcome, Error> {
    let source = workspace.source(name)?;
    let (held, mut locked) = client(&source, name, source.names.clone())?;
    let (own, own_lock) = client(&source, name, Some(NamesLock::default()))?;
    let all = held_names(&held, &own);
    if let Some(unknown) = accepted.iter().find(|name| all.iter().all(|held| held.name != **name)) {
        return Err(Error::from(format!("{name} keeps no name `{unknown}`; see `cargo xtask names list {name}`")));
    }
    let chosen: Vec<&HeldName> =
        all.iter().filter(|held| accepted.is_empty() || accepted.contains(&held.name)).collect();
    for one in &chosen {
        give_up(one, &held, &mut locked, &own_lock);
    }
    let since = names_lock::deprecating_version(workspace)?.to_string();
    let (after, _) = client(&source, name, Some(locked.clone()))?;
    add_aliases(&mut locked, &renamed(&held, &after), &since);
    names_lock::write(workspace, name, &locked, false)?;
    for one in &chosen {
        say!("{name} {} is now {}", one.name, one.own);
    }
    if !chosen.is_empty() {
        say!("run `cargo xtask regen`: the old names are deprecated since {since}");
    }
    Ok(Outcome::Done)
}

/// Replaces a name in the lock with the document's.
fn give_up(one: &HeldName, held: &Api, locked: &mut NamesLock, own: &NamesLock) {
    if let Some(component) = &one.component {
        if let (Some(locked), Some(own)) = (locked.types.get_mut(component), own.types.get(component)) {
            locked.name.clone_from(&own.name);
        }
        return;
    }
    let keys: BTreeSet<&String> = one.operations.iter().collect();
    let is_resource = held.resources.iter().any(|resource| resource.module == one.name);
    for key in keys {
        let (Some(locked), Some(own)) = (locked.operations.get_mut(key), own.operations.get(key)) else { continue };
        match is_resource {
            true => locked.tag.clone_from(&own.tag),
            false => locked.method.clone_from(&own.method),
        }
    }
}

/// Adds aliases for names that changed. Existing aliases of these names are updated to the new names.
fn add_aliases(lock: &mut NamesLock, renamed: &[(String, String)], since: &str) {
    for (old, now) in renamed {
        for alias in lock.aliases.values_mut().filter(|alias| alias.now == *old) {
            alias.now.clone_from(now);
        }
        lock.aliases.insert(old.clone(), Alias { now: now.clone(), since: since.to_owned() });
    }
    // A name that is in use again needs no alias.
    lock.aliases.retain(|old, alias| *old != alias.now);
}
