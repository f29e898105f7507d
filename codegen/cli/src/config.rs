//! `crm-clients.toml`: the clients that a project generates, and their settings.

use std::collections::BTreeMap;
use std::path::Path;

use crm_clients_document::rust_types::{RustTypes, is_path};
use crm_clients_generator::emit::Runtime;
use semver::Version;
use serde::Deserialize;
use toml::Spanned;

use crate::project::{check_name, check_prefix};
use crate::toml_file::TomlFile;
use crate::{Error, input};

/// The features of generated crates.
const FEATURES: &[&str] = &["blocking", "compression", "http2", "mock", "tracing"];

/// The name of the file.
pub const FILE: &str = "crm-clients.toml";

/// The content of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The command that headers and messages name, if it is not `crm-clients generate`.
    pub command: Option<String>,
    /// The version of the generated crates, which a review compares with the required one.
    version: Option<Spanned<String>>,
    /// The source of the runtime's package.
    runtime: Option<RuntimeSource>,
    /// The clients by name.
    #[serde(default)]
    pub clients: BTreeMap<Spanned<String>, Client>,
    #[serde(skip)]
    file: TomlFile,
}

/// A client of the project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Client {
    /// The document's file.
    pub document: Spanned<String>,
    /// The overlays that correct it, in the order in which they are applied.
    #[serde(default)]
    pub overlays: Vec<Spanned<String>>,
    /// The output directory of the crate or the module.
    pub output: Spanned<String>,
    /// The package's name; the client's name by default.
    pub package: Option<Spanned<String>>,
    /// Writes a module instead of a crate: `mod.rs` and the files next to it.
    #[serde(default)]
    pub module: bool,
    /// The runtime features that the crate enables by default.
    #[serde(default)]
    pub features: Vec<Spanned<String>>,
    /// Makes the crate a separate workspace.
    #[serde(default)]
    pub own_workspace: bool,
    /// Operations that are left out: `GET /path`, an `operationId`, or `tag:NAME` for all operations with a tag.
    #[serde(default)]
    pub skip: Vec<Spanned<String>>,
    /// The names of methods by `GET /path` or `operationId`.
    #[serde(default)]
    pub methods: BTreeMap<Spanned<String>, String>,
    /// The names of types by component name.
    #[serde(default)]
    pub types: BTreeMap<Spanned<String>, String>,
    /// The traits that all structs and enums derive, as paths. Standard ones are derived where it is possible.
    #[serde(default)]
    pub derives: Vec<Spanned<String>>,
    /// Further traits by component name.
    #[serde(default)]
    pub derive: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// The types that replace those of components, as paths by component name.
    #[serde(default)]
    pub replace: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Further dependencies of the crate, as in its `Cargo.toml`.
    #[serde(default)]
    pub dependencies: BTreeMap<Spanned<String>, toml::Value>,
    /// The file of the names that the client keeps when the document renames things. It is written with the client.
    pub names: Option<String>,
    /// The directory that references may not leave.
    pub root: Option<String>,
    /// URL prefixes, and the directories that are read instead.
    #[serde(default)]
    pub map: BTreeMap<Spanned<String>, String>,
    /// Reports parts that cannot be read as errors.
    #[serde(default)]
    pub strict: bool,
    /// Makes the client drop the properties of responses that the document does not declare.
    #[serde(default)]
    pub drop_undeclared: bool,
    /// The file of changes that a review accepts.
    pub accepted: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum RuntimeSource {
    Version(String),
    Path(String),
    Git(String),
}

impl Client {
    /// Returns the choices for the types of components.
    pub(crate) fn rust_types(&self) -> RustTypes {
        let texts = |paths: &[Spanned<String>]| paths.iter().map(|path| path.get_ref().clone()).collect();
        let derives_of = self.derive.iter().map(|(name, paths)| (name.get_ref().clone(), texts(paths)));
        let replaced = self.replace.iter().map(|(name, path)| (name.get_ref().clone(), path.get_ref().clone()));
        RustTypes { replaced: replaced.collect(), derives: texts(&self.derives), derives_of: derives_of.collect() }
    }
}

impl Config {
    /// Reads the file in a directory. Returns `None` if it does not exist.
    pub fn read(directory: &Path) -> Result<Option<Self>, Error> {
        let text = input::text_below(directory, FILE).map_err(|error| format!("{FILE}: {error}"))?;
        text.map(|text| Self::parse(FILE, text)).transpose()
    }

    /// Parses the text of a file; messages name it `shown`.
    pub fn parse(shown: &str, text: String) -> Result<Self, Error> {
        let (mut config, file): (Self, _) = TomlFile::parse(shown, text)?;
        config.file = file;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), Error> {
        for (name, client) in &self.clients {
            check_name(name.get_ref()).map_err(|error| self.at(name, &error.to_string()))?;
            if let Some(package) = &client.package {
                check_package(package.get_ref()).map_err(|error| self.at(package, &error))?;
            }
            for feature in &client.features {
                if !FEATURES.contains(&feature.get_ref().as_str()) {
                    let message =
                        format!("unknown feature `{}`; the features are {}", feature.get_ref(), FEATURES.join(", "));
                    return Err(self.at(feature, &message));
                }
            }
            let derived = client.derives.iter().chain(client.derive.values().flatten());
            for path in derived.chain(client.replace.values()) {
                if !is_path(path.get_ref()) {
                    let message = format!("`{}` is not a path such as `rust_decimal::Decimal`", path.get_ref());
                    return Err(self.at(path, &message));
                }
            }
            for package in client.dependencies.keys() {
                check_package(package.get_ref()).map_err(|error| self.at(package, &error))?;
                if client.module {
                    let message = "a module has no manifest; add the dependency to that of the crate around it";
                    return Err(self.at(package, message));
                }
                if package.get_ref() == "crm-clients-runtime" {
                    return Err(self.at(package, "every client depends on it; set its source with `runtime`"));
                }
            }
            for prefix in client.map.keys() {
                check_prefix(prefix.get_ref()).map_err(|error| self.at(prefix, &error))?;
            }
            let same = |other: &&Client| other.output.get_ref() == client.output.get_ref();
            if self.clients.values().filter(same).count() > 1 {
                return Err(
                    self.at(&client.output, "another client has the same `output`; give each its own directory")
                );
            }
        }
        self.version().map(drop)
    }

    /// Returns the clients' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clients.keys().map(|name| name.get_ref().as_str())
    }

    /// Returns the client with this name.
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|(known, _)| known.get_ref() == name).map(|(_, client)| client)
    }

    /// Returns the configuration and the name of the client that is generated from this document.
    pub(crate) fn with_document(self, path: &str) -> Option<(Self, String)> {
        let mut clients = self.clients.iter();
        let (name, _) = clients.find(|(_, client)| client.document.get_ref().trim_start_matches("./") == path)?;
        let name = name.get_ref().clone();
        Some((self, name))
    }

    /// Returns the version of the generated crates.
    pub fn version(&self) -> Result<Option<Version>, Error> {
        let Some(version) = &self.version else { return Ok(None) };
        let parsed = Version::parse(version.get_ref());
        parsed
            .map(Some)
            .map_err(|error| self.at(version, &format!("`{}` is not a valid version: {error}", version.get_ref())))
    }

    /// Returns the source of the runtime. A path is relative to the directory of this file.
    pub fn runtime(&self) -> Runtime {
        match &self.runtime {
            None => Runtime::default(),
            Some(RuntimeSource::Version(version)) => Runtime::Version(version.clone()),
            Some(RuntimeSource::Path(path)) => Runtime::Path(path.clone()),
            Some(RuntimeSource::Git(url)) => Runtime::Git(url.clone()),
        }
    }

    /// Returns an error with the position of a value in the file.
    pub fn at<T>(&self, value: &Spanned<T>, message: &str) -> Error {
        let message = message.trim_start_matches("error: ").trim_end();
        self.file.error(value.span(), message)
    }
}

/// Checks that cargo accepts a package name.
pub fn check_package(name: &str) -> Result<(), String> {
    let valid = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
    match valid {
        true => Ok(()),
        false => Err(format!("`{name}` is not a valid package name: use letters, digits, `-` and `_`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_line_and_column() {
        let client = "[clients.pets]\ndocument = \"a.yaml\"\noutput = \"pets\"\n";
        for (text, expected) in [
            (format!("{client}outptu = 1\n"), "crm-clients.toml:4:1: unknown field `outptu`"),
            (format!("version = \"1\"\n{client}"), "crm-clients.toml:1:11: `1` is not a valid version"),
            (
                "[clients.Pets]\ndocument = \"a\"\noutput = \"b\"\n".to_owned(),
                "crm-clients.toml:1:10: `Pets` is not a valid module name",
            ),
            (format!("{client}features = [\"http3\"]\n"), "crm-clients.toml:4:13: unknown feature `http3`"),
            (format!("{client}package = \"a b\"\n"), "crm-clients.toml:4:11: `a b` is not a valid package name"),
            (format!("{client}map = {{\"x\" = \"y\"}}\n"), "crm-clients.toml:4:8: `x` is not a URL prefix"),
            (format!("{client}derives = [\"Hash\", \"a b\"]\n"), "crm-clients.toml:4:20: `a b` is not a path"),
            (format!("{client}replace = {{Money = \"Vec<u8>\"}}\n"), "crm-clients.toml:4:20: `Vec<u8>` is not a path"),
            (
                format!("{client}module = true\ndependencies = {{a = \"1\"}}\n"),
                "crm-clients.toml:5:17: a module has no",
            ),
            (format!("{client}{}", client.replace("pets]", "dogs]")), "crm-clients.toml:6:10: another client has"),
        ] {
            let error = Config::parse(FILE, text.clone()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{text}\n{error}");
        }
    }
}
