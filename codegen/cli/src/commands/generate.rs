//! `generate`: writes a crate or a module for each document.

mod progenitor;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;

use crm_clients_document::diagnostic::json_lines;
use crm_clients_document::names_lock::NamesLock;
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{CrateOptions, Runtime};
use crm_clients_generator::fileset::FileSet;

use crate::config::{self, Client, Config, check_package};
use crate::layout::{self, Layout};
use crate::output::{self, Format, note, say};
use crate::project::check_name;
use crate::source::Source;
use crate::{Error, Outcome, Project, names_lock};

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Clients of crm-clients.toml to write (default: all clients)
    #[arg(value_name = "CLIENT", conflicts_with_all = ["spec", "name", "out"])]
    clients: Vec<String>,
    /// Document to write a client for, without a configuration: a YAML or JSON file, or an API of the project
    #[arg(long, value_name = "API|FILE", requires = "out")]
    spec: Option<String>,
    /// Overlay to apply to a document's file; several are applied in order. An API has its own overlays
    #[arg(long = "overlay", value_name = "FILE", requires = "spec")]
    overlays: Vec<PathBuf>,
    /// File of Rust names to keep even if the document renames things; new names are added to it. An API has its own
    #[arg(long, value_name = "FILE", requires = "spec")]
    names: Option<PathBuf>,
    /// Name of the crate (default: the last part of --out)
    #[arg(long, requires = "spec")]
    name: Option<String>,
    /// Directory to write: src/, Cargo.toml and README.md of a crate
    #[arg(long, visible_alias = "output", value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// Write a module instead of a crate: mod.rs and the files next to it
    #[arg(long, requires = "spec")]
    module: bool,
    /// Source of the runtime's package (default: the version of this command, from the registry)
    #[arg(long, value_name = "version=V|path=DIR|git=URL", value_parser = parse_runtime, requires = "spec")]
    runtime: Option<Runtime>,
    /// Make the crate a workspace, so that it can be built inside the directory of another workspace
    #[arg(long, requires = "spec")]
    own_workspace: bool,
    /// Drop undeclared properties of responses instead of keeping them in `additional_properties`; large pages are
    /// decoded about an eighth faster
    #[arg(long, requires = "spec")]
    drop_undeclared: bool,
    /// Program that writes the client
    #[arg(long, value_enum, default_value = "ours", requires = "spec")]
    emitter: Emitter,
    /// Format of the diagnostics: text, or a JSON object on each line
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Emitter {
    /// This generator
    Ours,
    /// progenitor, given the document as OpenAPI 3.0
    Progenitor,
}

fn parse_runtime(text: &str) -> Result<Runtime, String> {
    match text.split_once('=') {
        Some(("version", version)) => Ok(Runtime::Version(version.to_owned())),
        Some(("path", path)) => Ok(Runtime::Path(path.to_owned())),
        Some(("git", url)) => Ok(Runtime::Git(url.to_owned())),
        _ => Err("expected version=V, path=DIR or git=URL".to_owned()),
    }
}

/// Runs the command.
pub fn run(project: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let (Some(spec), Some(out)) = (&arguments.spec, &arguments.out) else {
        if let Some(file) = arguments.clients.iter().find(|name| Path::new(name).is_file()) {
            let message = format!(
                "`{file}` is a document, not a client of {}; add it with `init`, or use `--spec {file} --out DIR`",
                config::FILE
            );
            return Err(Error::from(message));
        }
        return write_all(project, &arguments.clients, arguments.format);
    };
    let name = &match &arguments.name {
        Some(name) => name.clone(),
        None => name_of(out)?,
    };
    match arguments.module {
        true => check_name(name)?,
        false => check_package(name)?,
    }
    let mut source = project.source_with(spec, &arguments.overlays)?;
    source.drop_undeclared |= arguments.drop_undeclared;
    if let Some(path) = &arguments.names {
        if source.names.is_some() {
            return Err(Error::from(format!("`{spec}` is an API with its own {}", names_lock::FILE)));
        }
        source.names = Some(names_lock::read_file(path)?);
    }
    if arguments.emitter == Emitter::Progenitor {
        let files = progenitor::files(project, &source, name, arguments.format)?;
        layout::write_crate(out, &files)?;
        return written(out, files.len(), arguments.format);
    }
    let runtime = match &arguments.runtime {
        Some(runtime) => layout::runtime_from(runtime.clone(), Path::new("."), out)?,
        None => project.default_runtime(),
    };
    let options = CrateOptions {
        name: name.clone(),
        version: None,
        runtime,
        features: Vec::new(),
        dependencies: Vec::new(),
        own_workspace: arguments.own_workspace,
    };
    let layout = Layout {
        directory: out.clone(),
        package: (!arguments.module).then_some(options),
        name: layout::api_name(name),
        command: project.command("generate"),
        source: source.file_name(),
        names: arguments.names.clone(),
    };
    let (files, names) = run_passes(
        &source,
        arguments.format,
        |pipeline, input| layout.api(pipeline, input),
        |(api, names)| (layout.files(&api), names),
    )?;
    layout.write(&files)?;
    if let Some(path) = &arguments.names {
        names_lock::write_file(path, &names, &layout.command, false)?;
    }
    written(out, files.len(), arguments.format)
}

/// Returns the name of a crate in this directory.
fn name_of(out: &Path) -> Result<String, Error> {
    let name = out.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| Error::from(format!("{} has no name; use --name", out.display())))
}

fn written(out: &Path, files: usize, format: Format) -> Result<Outcome, Error> {
    if format == Format::Text {
        say!("{}: {files} files", out.display());
    }
    Ok(Outcome::Done)
}

/// Writes the named clients of the configuration, or all. Writes none if a document has errors.
pub(crate) fn write_all(project: &Project, names: &[String], format: Format) -> Result<Outcome, Error> {
    for (layout, files, names) in all(project, names, format)? {
        let changed = layout.write(&files)?;
        if let Some(path) = &layout.names {
            names_lock::write_file(path, &names, &layout.command, false)?;
        }
        if format == Format::Text {
            say!("{}: {} files, {changed} changed", layout.directory.display(), files.len());
        }
    }
    Ok(Outcome::Done)
}

/// Compares clients of the configuration with the files on disk, and prints the differences.
pub(crate) fn check(project: &Project, names: &[String]) -> Result<Outcome, Error> {
    let mut outcome = Outcome::Done;
    for (layout, files, names) in all(project, names, Format::Text)? {
        let mut differs = layout.differs(&files)?;
        if let Some(path) = &layout.names
            && names_lock::write_file(path, &names, &layout.command, true)?
        {
            note!("{} is stale: run `{}` and commit the result", path.display(), layout.command);
            differs = true;
        }
        if differs {
            outcome = Outcome::Different;
        }
    }
    Ok(outcome)
}

/// Returns the files of each named client.
fn all(project: &Project, names: &[String], format: Format) -> Result<Vec<(Layout, FileSet, NamesLock)>, Error> {
    let Some(config) = project.config() else {
        return Err(Error::from(
            "the clients of this repository are written by `cargo xtask regen`; for another one, use --spec and --out",
        ));
    };
    let mut made = Vec::new();
    let mut faults = String::new();
    for name in project.chosen(names)? {
        let Some(client) = config.client(&name) else { continue };
        let layout = layout_of(project, config, &name, client)?;
        let source = project.source(&name)?;
        let client = run_passes(
            &source,
            format,
            |pipeline, input| layout.api(pipeline, input),
            |(api, names)| (layout.files(&api), names),
        );
        match client {
            Ok((files, names)) => made.push((layout, files, names)),
            // The next document may have errors too; they are shown together.
            Err(error) => faults.push_str(&error.into_text()),
        }
    }
    if !faults.is_empty() {
        return Err(Error::shown(faults));
    }
    if made.is_empty() {
        return Err(Error::from(format!("{} lists no client: run `crm-clients init`", project.listed_in())));
    }
    Ok(made)
}

fn layout_of(project: &Project, config: &Config, name: &str, client: &Client) -> Result<Layout, Error> {
    let directory = project.shown_path(client.output.get_ref());
    let dependencies = client.dependencies.iter();
    let options = CrateOptions {
        name: client.package.as_ref().map_or_else(|| name.to_owned(), |package| package.get_ref().clone()),
        version: config.version()?.map(|version| version.to_string()),
        runtime: layout::runtime_from(config.runtime(), project.root(), &directory)?,
        features: client.features.iter().map(|feature| feature.get_ref().clone()).collect(),
        dependencies: dependencies.map(|(name, value)| (name.get_ref().clone(), value.to_string())).collect(),
        own_workspace: client.own_workspace,
    };
    Ok(Layout {
        directory,
        package: (!client.module).then_some(options),
        name: name.to_owned(),
        command: project.command("generate"),
        source: client.document.get_ref().clone(),
        names: client.names.as_ref().map(|path| project.shown_path(path)),
    })
}

/// Runs the passes with `pass`, and processes the result while diagnostics are printed: finding the lines of warnings
/// requires reading the document again.
fn run_passes<T, U>(
    source: &Source,
    format: Format,
    pass: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>,
    next: impl FnOnce(T) -> U,
) -> Result<U, Error> {
    let (made, pipeline) = source.inspect(pass);
    let report = || match format {
        Format::Text => output::report_to_stderr(&source.report(&pipeline, io::stderr().is_terminal())),
        Format::Json => output::report(&json_lines(&pipeline.diagnostics, &pipeline.documents)),
    };
    let Some(made) = made else {
        return Err(match format {
            Format::Text => Error::shown(source.report(&pipeline, io::stderr().is_terminal())),
            Format::Json => {
                report();
                Error::shown(String::new())
            }
        });
    };
    Ok(thread::scope(|scope| {
        scope.spawn(report);
        next(made)
    }))
}
