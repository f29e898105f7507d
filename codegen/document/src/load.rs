//! Pass 1: parses bytes as an ordered JSON value.
//!
//! This module does not access the file system: `read` returns the bytes for a name. Documents may be untrusted, so
//! their size and depth are limited ([`MAX_BYTES`], [`MAX_DEPTH`]), and so is the expansion of aliases.

mod limits;
mod parse;
mod value;

use std::io;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child};
use crate::origin::{FileId, SourceMap};
pub(crate) use limits::Growth;
pub(crate) use parse::parse;

/// The codes of warnings about a text that can be read in more than one way, or not completely.
pub const AMBIGUOUS: &[&str] = &["duplicate-key", "not-finite", "not-json", "tab"];

/// Maximum size of a file.
pub const MAX_BYTES: usize = 64 << 20;

/// Maximum depth of nested mappings and sequences. This is the limit of `serde_json` and `serde_yaml`, far from the end
/// of a 2 MiB stack. The deepest documents in use have about half of it.
pub const MAX_DEPTH: usize = 128;

/// A function that reads the file at a path relative to the directory of the main document (or to its root, see
/// [`SourceMap::set_root`]), with `/` as the separator, or at a URL that [`SourceMap::allow_remote`] permits.
pub type Read<'a> = dyn Fn(&str) -> io::Result<Vec<u8>> + 'a;

/// Reads the main document, a YAML or JSON file that `read` finds by the last part of `name`.
///
/// `name` is the name in diagnostics, such as `specs/kajabi/openapi.yaml`. The result is a document of Swagger 2.0 or
/// OpenAPI 3.0 to 3.2 according to its `swagger` or `openapi` field; `None` if there is an error.
pub fn load(name: &str, read: &Read<'_>, documents: &mut SourceMap, diagnostics: &mut Diagnostics) -> Option<Value> {
    let (_, path) = documents.split(name);
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.error("unreadable-file", "", format!("cannot read `{name}`: {}", reason(&error)), "");
            return None;
        }
    };
    let (file, mut value) = parse(name, &bytes, documents, diagnostics)?;
    check_version(&mut value, file, diagnostics).then_some(value)
}

/// Returns the reason why a file cannot be read, with the same text on all systems if possible.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "file not found".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// Returns true if the version of the document is supported. Replaces a version that YAML parsed as a number by its
/// text.
fn check_version(value: &mut Value, file: FileId, diagnostics: &mut Diagnostics) -> bool {
    let field = if value.get("openapi").is_some() { "openapi" } else { "swagger" };
    let Some(version) = value.get(field).cloned() else {
        let message = "this is not an OpenAPI document: it has no `openapi` field";
        let help = "an OpenAPI document starts with its version, such as `openapi: 3.1.0`";
        diagnostics.push(Diagnostic::new(Severity::Error, "not-openapi", "", message, help).in_file(file));
        return false;
    };
    let text = match &version {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() || field == "swagger" => format!("{number}.0"),
        _ => version.to_string(),
    };
    if is_known(field, &text) {
        if version.is_number() {
            let message = format!("expected a string for `{field}`, found the number {version}");
            let warning =
                Diagnostic::new(Severity::Warning, "wrong-type", child("", field), message, "put it in quotes");
            diagnostics.push(warning.in_file(file));
        }
        value[field] = if field == "swagger" { "2.0".into() } else { text.into() };
        return true;
    }
    if let (Some((meant, number)), Value::Object(root)) = (meant_version(&text), &mut *value) {
        let message = format!("the version `{text}` is read as {number}");
        let help = "write a version such as `3.1.0`";
        let warning = Diagnostic::new(Severity::Warning, "unknown-value", child("", field), message, help);
        diagnostics.push(warning.in_file(file));
        root.shift_remove(field);
        root.shift_insert(0, meant.to_owned(), number.into());
        return true;
    }
    let message = format!("the generator reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2, not {version}");
    let help = "if the document uses no newer features, write an older version here";
    let fault = Diagnostic::new(Severity::Error, "unsupported-openapi", child("", field), message, help);
    diagnostics.push(fault.in_file(file));
    false
}

fn is_known(field: &str, version: &str) -> bool {
    let mut parts = version.split('.');
    matches!(
        (field, parts.next(), parts.next()),
        ("openapi", Some("3"), Some("0" | "1" | "2")) | ("swagger", Some("2"), Some("0"))
    )
}

/// Returns the field and the version under which the document is read: a later OpenAPI 3 version is read as 3.2.
fn meant_version(text: &str) -> Option<(&'static str, String)> {
    let number = text.trim().trim_start_matches(['v', 'V']);
    match number.split('.').next() {
        Some("3") if is_known("openapi", number) => Some(("openapi", number.to_owned())),
        Some("3") => Some(("openapi", "3.2.0".to_owned())),
        Some("2") => Some(("swagger", "2.0".to_owned())),
        _ => None,
    }
}
