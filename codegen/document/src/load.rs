//! Pass 1: bytes to an ordered JSON value.
//!
//! Nothing here touches a file system: `read` is given a name and gives bytes. What a document may be is limited, for it may come from
//! anyone: [`MAX_BYTES`], [`MAX_DEPTH`], and no more content than its text has room for, however often an alias repeats it.

mod limits;
mod parse;
mod value;

use std::io;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child};
use crate::origin::{FileId, SourceMap};
pub(crate) use limits::Growth;
pub(crate) use parse::parse;

/// The codes of the warnings about a text that can be read in more than one way.
pub const AMBIGUOUS: &[&str] = &["duplicate-key", "not-json", "tab"];

/// The largest file that is read.
pub const MAX_BYTES: usize = 64 << 20;

/// How deep mappings and sequences may nest. It is the limit of `serde_json` and of `serde_yaml`, which keeps both far from the end of a
/// 2 MiB stack; the deepest documents in use nest about half as deep.
pub const MAX_DEPTH: usize = 128;

/// Gives the bytes of the file at a path relative to the main document's directory (or to its root, see [`SourceMap::set_root`]), with `/` between
/// its parts, or those at a URL that [`SourceMap::allow_remote`] lets through.
pub type Read<'a> = dyn Fn(&str) -> io::Result<Vec<u8>> + 'a;

/// Reads the main document, a YAML or JSON file that `read` knows by the last part of `name`.
///
/// `name` is what people are shown, such as `specs/kajabi/openapi.yaml`. The result is a document of Swagger 2.0 or OpenAPI 3.0 to 3.2 as far
/// as its `swagger` or `openapi` field says; there is none if `diagnostics` got an error.
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

/// Why a file cannot be read, in words that are the same on every system where there are such.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// Whether the document says that it is one the generator reads. A version that YAML took for a number becomes the text it was.
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
    let help = "if the document uses nothing that is newer, an older version can be written here";
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

/// The field and the version that are meant: a later version of OpenAPI 3 has what 3.2 has.
fn meant_version(text: &str) -> Option<(&'static str, String)> {
    let number = text.trim().trim_start_matches(['v', 'V']);
    match number.split('.').next() {
        Some("3") if is_known("openapi", number) => Some(("openapi", number.to_owned())),
        Some("3") => Some(("openapi", "3.2.0".to_owned())),
        Some("2") => Some(("swagger", "2.0".to_owned())),
        _ => None,
    }
}
