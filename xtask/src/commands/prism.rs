//! `cargo xtask prism`: calls every operation of every API on a mock server that validates requests.
//!
//! [Prism](https://github.com/stoplightio/prism) serves the lowered documents and rejects invalid requests. A generated
//! program calls every operation through the clients, with all arguments and with only the required ones, and decodes
//! Prism's responses: once with all properties of the schemas, once with random ones.

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
    /// APIs to call (default: all APIs)
    #[arg(value_name = "API")]
    apis: Vec<String>,
}

/// Runs the command.
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

/// Allows any character in the parts of multipart forms. `allowReserved` only applies to URL-encoded forms (OpenAPI
/// 3.0.4, Encoding Object), but Prism 5.14.2 requires it for every form with a declared encoding.
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
