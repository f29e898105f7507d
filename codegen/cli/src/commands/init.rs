//! `init`: a configuration for a document.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crm_clients_generator::names;
use serde_json::Value;

use crate::config::FILE;
use crate::output::say;
use crate::{Error, Outcome};

/// Arguments of `init`.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  crm-clients init openapi.yaml
  crm-clients init specs/pets.json --name pets --out clients/pets")]
pub struct Arguments {
    /// Document (default: `openapi.yaml` or a similar name in the directory)
    #[arg(value_name = "FILE")]
    document: Option<PathBuf>,
    /// Name of the client (default: from the document's title)
    #[arg(long)]
    name: Option<String>,
    /// Directory of the crate (default: clients/NAME)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Usual file names of documents.
const USUAL: &[&str] = &["openapi.yaml", "openapi.yml", "openapi.json", "swagger.yaml", "swagger.yml", "swagger.json"];

/// Writes `crm-clients.toml` into a directory that has none.
pub fn run(directory: &Path, arguments: &Arguments) -> Result<Outcome, Error> {
    let document = match &arguments.document {
        Some(document) => document.clone(),
        None => PathBuf::from(
            USUAL
                .iter()
                .find(|name| directory.join(name).is_file())
                .ok_or_else(|| format!("no document found; pass its file, such as {}", USUAL.join(" or ")))?,
        ),
    };
    let source = crate::source::Source::file(&directory.join(&document), &[])?;
    let overlaid = source.run(crm_clients_document::Pipeline::overlaid)?;
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => names::module_name(overlaid["info"]["title"].as_str().unwrap_or("client")),
    };
    crate::project::check_name(&name)?;
    let out = arguments.out.clone().unwrap_or_else(|| Path::new("clients").join(&name));
    let text = text(&name, &document.to_string_lossy(), &out.to_string_lossy());
    let path = directory.join(FILE);
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{FILE} already exists: edit it, or delete it first"),
        _ => format!("{FILE}: {error}"),
    })?;
    file.write_all(text.as_bytes())?;
    say!(
        "wrote {FILE}\nrun `crm-clients lint` to find mistakes in the document, and `crm-clients generate` to write {}",
        out.display()
    );
    Ok(Outcome::Done)
}

fn text(name: &str, document: &str, output: &str) -> String {
    let string = |text: &str| Value::from(text);
    format!(
        r#"# The clients that `crm-clients generate` writes, and `crm-clients check` compares.

# The version of the generated crates; `crm-clients diff` compares it with the version that a change requires.
# version = "0.1.0"
# The runtime, if it is not the release from the registry: one of version, path and git.
# runtime = {{ version = "{}" }}

[clients.{name}]
document = {}
output = {}
# Overlays correct a document that is wrong: https://spec.openapis.org/overlay/latest.html
# overlays = ["overlay.yaml"]
# The name of the package, if it is not that of the client.
# package = "{name}-client"
# Writes a module into `output` instead of a crate.
# module = true
# Features that are on by default: blocking, compression, http2, mock, tracing.
# features = ["tracing"]
# Operations that are left out: by method and path, by operationId, or by tag.
# skip = ["DELETE /pets/{{id}}", "tag:Admin"]
# Names of methods and types.
# methods = {{ "GET /pets" = "list" }}
# types = {{ pet = "Animal" }}
# Traits that all types derive, and your own types that replace those of components.
# derives = ["Eq", "Hash"]
# replace = {{ money = "rust_decimal::Decimal" }}
# dependencies = {{ rust_decimal = "1" }}
# Keeps the names that callers use when the document renames things.
# names = "{name}.names.lock"
"#,
        env!("CARGO_PKG_VERSION"),
        string(document),
        string(output),
    )
}
