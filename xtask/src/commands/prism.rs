//! `cargo xtask prism`: every operation of every API against a mock server that checks what it is sent.
//!
//! [Prism](https://github.com/stoplightio/prism) serves the lowered documents and refuses what they do not allow. A
//! program made for the purpose calls every operation through the generated clients, with all that it takes and with
//! only what it requires, and reads what Prism answers: once with all that the schemas of responses have, once with
//! what chance makes of them.

mod program;
mod server;
mod tally;

use std::fs;

use crm_clients_cli::{Error, Outcome, Project, say};
use serde_json::Value;

use crate::commands::{cargo, target_directory};
use program::Program;
use server::{Answers, Prism};
use tally::Tally;

/// Arguments of `prism`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The APIs to call; all of them where none is named.
    #[arg(value_name = "API")]
    apis: Vec<String>,
}

/// Runs it.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let apis = workspace.chosen(&arguments.apis)?;
    let target = target_directory(workspace)?;
    let directory = target.join("prism");
    fs::create_dir_all(&directory)?;
    let prism = Prism::install(workspace, &directory)?;
    let program = Program::build(workspace, &apis, &target)?;
    let mut failed = false;
    for (name, document) in program.documents() {
        let path = directory.join(format!("{name}.json"));
        let mut served = document.clone();
        allow_reserved(&mut served);
        fs::write(&path, serde_json::to_string_pretty(&served)?)?;
        let mut tally = Tally::of(name, document);
        for answers in [Answers::Plain, Answers::Varied] {
            let server = prism.serve(&path, answers)?;
            tally.add(program.call(name, server.url())?);
        }
        say!("{}", tally.to_string().trim_end());
        failed |= tally.failed();
    }
    Ok(if failed { Outcome::Different } else { Outcome::Done })
}

/// Lets the parts of multipart forms hold any character. `allowReserved` is a matter of URL-encoded forms alone (OpenAPI
/// 3.0.4, Encoding Object), but Prism 5.14.2 asks it of every form whose encoding is declared.
fn allow_reserved(node: &mut Value) {
    let Value::Object(members) = node else { return };
    for (key, member) in members {
        if key == "multipart/form-data"
            && let Some(Value::Object(encodings)) = member.get_mut("encoding")
        {
            encodings.values_mut().for_each(|encoding| encoding["allowReserved"] = true.into());
        }
        allow_reserved(member);
    }
}
