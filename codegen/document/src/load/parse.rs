//! Parsing YAML and JSON text, with diagnostics for invalid parts.

use std::str::Utf8Error;

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::value::{Context, Finding, ValueNode};
use super::{MAX_BYTES, MAX_DEPTH};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::origin::{FileId, SourceMap, boundary};
use crate::yaml::{self, is_json, line_start};

/// Adds the text to `documents` as `name`, and parses it. The top level must be a mapping.
pub(crate) fn parse(
    name: &str,
    bytes: &[u8],
    documents: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Option<(FileId, Value)> {
    if bytes.len() > MAX_BYTES {
        let message = format!("`{name}` has {} bytes; the limit is {MAX_BYTES}", bytes.len());
        diagnostics.error("too-large", "", message, "");
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file = documents.add(name, String::from_utf8_lossy(bytes));
    match read(bytes) {
        Ok(Parsed { value, findings, note }) => {
            let is_read = findings.iter().all(|found| !found.is_error());
            diagnostics.extend(findings.into_iter().map(|found| found.diagnostic().in_file(file)));
            if let Some(note) = note {
                let warning = Diagnostic::new(Severity::Warning, note.code, "", note.message, note.help);
                diagnostics.push(warning.at_offset(file, note.offset));
            }
            is_read.then_some((file, value))
        }
        Err(fault) => {
            let diagnostic = Diagnostic::new(Severity::Error, fault.code, "", fault.message, fault.help);
            diagnostics.push(diagnostic.at_offset(file, fault.offset));
            None
        }
    }
}

/// The error of a text that cannot be parsed.
struct ParseError {
    code: &'static str,
    offset: usize,
    message: String,
    help: &'static str,
}

impl ParseError {
    fn new(code: &'static str, offset: usize, message: impl Into<String>, help: &'static str) -> Self {
        Self { code, offset, message: message.into(), help }
    }
}

/// The result of parsing a text.
struct Parsed {
    value: Value,
    findings: Vec<Finding>,
    /// An error that was tolerated.
    note: Option<ParseError>,
}

fn read(bytes: &[u8]) -> Result<Parsed, ParseError> {
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error))?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err(ParseError::new("empty-document", 0, "the document is empty", ""));
    }
    let (value, findings, note) = tolerant(text)?;
    if value.is_null() {
        return Err(ParseError::new("empty-document", 0, "the document contains only comments", ""));
    }
    if !value.is_object() {
        let message = "the document is not a mapping at its top";
        return Err(ParseError::new("not-a-mapping", text.len() - start.len(), message, "is this the right file?"));
    }
    Ok(Parsed { value, findings, note })
}

/// Reads a text in its language. JSON with commas too many or `#` comments is YAML, and a tab in the indentation of YAML is two spaces.
fn tolerant(text: &str) -> Result<(Value, Vec<Finding>, Option<ParseError>), ParseError> {
    if is_json(text) || comment_at(text, 0) {
        return match json(text) {
            Ok((value, findings)) => Ok((value, findings, None)),
            Err(fault) if fault.code == "not-json" => match (comment(text), yaml(text)) {
                (Some(offset), _) => {
                    let message = "the document is not JSON: it has a comment";
                    let help = "remove the comments, or write the document in YAML with `#` comments";
                    Err(ParseError::new("not-json", offset, message, help))
                }
                (None, Ok((value, findings))) if value.is_object() => {
                    let message = format!("{}; parsed as YAML", fault.message);
                    Ok((value, findings, Some(ParseError { message, ..fault })))
                }
                _ => Err(fault),
            },
            Err(fault) => Err(fault),
        };
    }
    match yaml(text) {
        Ok((value, findings)) => Ok((value, findings, None)),
        Err(fault) if fault.code == "not-yaml" => {
            let Some((spaced, offset)) = without_tabs(text) else { return Err(fault) };
            let Ok((value, findings)) = yaml(&spaced) else { return Err(fault) };
            let message = "YAML does not allow tabs as indentation; each is read as two spaces";
            Ok((value, findings, Some(ParseError::new("tab", offset, message, "indent with spaces"))))
        }
        Err(fault) => Err(fault),
    }
}

/// The offset of the first comment in JSON, as JavaScript writes it. YAML would read it as text.
fn comment(text: &str) -> Option<usize> {
    let (mut in_string, mut escaped) = (false, false);
    text.bytes().enumerate().find_map(|(offset, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'/' if !in_string && comment_at(text, offset) => return Some(offset),
            _ => {}
        }
        None
    })
}

fn comment_at(text: &str, offset: usize) -> bool {
    let rest = text.get(offset..).map_or("", str::trim_start);
    rest.starts_with("//") || rest.starts_with("/*")
}

/// Returns the text with two spaces for each tab in the indentation, and the offset of the first tab; `None` if there
/// are no such tabs.
fn without_tabs(text: &str) -> Option<(String, usize)> {
    let mut first = None;
    let mut offset = 0;
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indentation].find('\t') {
            first.get_or_insert(offset + tab);
        }
        out.push_str(&line[..indentation].replace('\t', "  "));
        out.push_str(&line[indentation..]);
        offset += line.len();
    }
    first.map(|first| (out, first))
}

fn not_utf8(bytes: &[u8], error: Utf8Error) -> ParseError {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return ParseError::new("not-utf8", 0, "the document is in UTF-16", "save it as UTF-8");
    }
    // The stored text has the same bytes up to the first invalid one.
    ParseError::new(
        "not-utf8",
        error.valid_up_to(),
        "the document is not valid UTF-8",
        "save it as UTF-8; is it a text file?",
    )
}

fn json(text: &str) -> Result<(Value, Vec<Finding>), ParseError> {
    let context = Context::new(text.len(), false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read =
        ValueNode::root(&context).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match read {
        Ok(value) => Ok((value, context.findings())),
        Err(error) => {
            let offset = line_start(text, error.line()) + error.column().saturating_sub(1);
            Err(fault("not-json", boundary(text, offset), &error.to_string()))
        }
    }
}

fn yaml(text: &str) -> Result<(Value, Vec<Finding>), ParseError> {
    let context = Context::new(text.len(), true);
    match yaml::read(text, ValueNode::root(&context)) {
        Ok(value) => Ok((value, context.findings())),
        Err(yaml::Error::TooDeep(offset)) => Err(too_deep(offset)),
        Err(yaml::Error::Invalid(reason, offset)) => Err(fault("not-yaml", offset, &reason)),
    }
}

/// Converts a parser's message, without its position, which is shown separately.
fn fault(code: &'static str, offset: usize, said: &str) -> ParseError {
    if said.contains("recursion limit") {
        return too_deep(offset);
    }
    if said.contains("repetition limit") || said.contains(Context::OVERGROWN) {
        let message = "the document's aliases expand to far more than its text";
        return ParseError::new(
            "alias-bomb",
            offset,
            message,
            "write the repeated parts as components, and refer to them with `$ref`",
        );
    }
    let end = said.find(" at line ").unwrap_or(said.len());
    let language = if code == "not-json" { "JSON" } else { "YAML" };
    ParseError::new(code, offset, format!("the document is not {language}: {}", &said[..end]), "")
}

fn too_deep(offset: usize) -> ParseError {
    ParseError::new("too-deep", offset, format!("the document nests deeper than {MAX_DEPTH} levels"), "")
}
