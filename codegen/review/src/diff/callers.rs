//! Finds the lines of a Rust program that a review's findings may affect.
//!
//! Names are searched in the text word by word: other items of the same name are found too, and uses in macros or
//! through aliases are not. The compiler is authoritative.

use super::review::{Finding, Review};
use super::{Area, Severity};

/// A line of a program that a finding may affect.
#[derive(Debug)]
pub struct Affected<'r> {
    /// The line number, starting at 1.
    pub line: usize,
    /// The finding.
    pub finding: &'r Finding,
}

/// The name to search for.
enum Name<'f> {
    /// `.name(`, if the program also calls `.accessor(`.
    Method { name: &'f str, accessor: Option<&'f str> },
    /// A field: `.name`, `.name(` or `name:`.
    Field(&'f str),
    /// `Type` or `Type::Member`.
    Path(&'f str, Option<&'f str>),
}

/// Returns the lines of a program that breaking findings and behavior changes may affect, in order.
pub fn affected<'r>(review: &'r Review, text: &str) -> Vec<Affected<'r>> {
    let findings = review.findings().filter(|finding| {
        finding.change.rule.area == Area::Rust && finding.change.severity > Severity::Info && finding.accepted.is_none()
    });
    let mut found = Vec::new();
    for finding in findings {
        let Some(name) = name(finding) else { continue };
        let called = |accessor: &str| text.lines().any(|line| is_called(code(line), accessor));
        if let Name::Method { accessor: Some(accessor), .. } = name
            && !called(accessor)
        {
            continue;
        }
        let lines = text.lines().enumerate().filter(|(_, line)| name.is_in(code(line)));
        found.extend(lines.map(|(index, _)| Affected { line: index + 1, finding }));
    }
    found.sort_by_key(|affected| affected.line);
    found
}

/// Returns the name that a finding is about. Its subject is the path of a type or a method, and its message quotes the
/// setter or argument first.
fn name(finding: &Finding) -> Option<Name<'_>> {
    let change = &finding.change;
    let quoted = || change.message.split('`').nth(1);
    let path: Vec<&str> = change.subject.split("::").skip(1).collect();
    match path.as_slice() {
        ["types", kind] => Some(Name::Path(kind, None)),
        ["types", kind, member] | [kind @ "ErrorBody", member] if begins_upper(member) || *member == "new" => {
            Some(Name::Path(kind, Some(member)))
        }
        ["types", _, field] => Some(Name::Field(field)),
        ["Builder" | "Client" | "ErrorBody", name] => Some(Name::Method { name, accessor: None }),
        [module, _] => Some(Name::Method { name: module, accessor: None }),
        [module, _, method] => {
            let is_setter = change.rule.id.starts_with("rust-setter");
            let name = if is_setter { quoted()? } else { method };
            Some(Name::Method { name, accessor: Some(module) })
        }
        _ => None,
    }
}

fn begins_upper(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

impl Name<'_> {
    fn is_in(&self, line: &str) -> bool {
        match self {
            Self::Method { name, .. } => is_called(line, name),
            Self::Field(name) => {
                words(line, name).any(|(before, after)| before.ends_with('.') || after.starts_with(':'))
            }
            Self::Path(kind, None) => words(line, kind).next().is_some(),
            Self::Path(kind, Some(member)) => words(line, kind).any(|(_, after)| {
                let rest = after.strip_prefix("::").and_then(|rest| rest.strip_prefix(*member));
                rest.is_some_and(|rest| !rest.starts_with(is_word))
            }),
        }
    }
}

/// Returns a line without comments.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line }
}

fn is_called(line: &str, name: &str) -> bool {
    words(line, name)
        .any(|(before, after)| before.ends_with('.') && (after.starts_with('(') || after.starts_with("::<")))
}

/// Returns the text before and after each occurrence of a name in a line.
fn words<'l>(line: &'l str, name: &'l str) -> impl Iterator<Item = (&'l str, &'l str)> {
    let places = line.match_indices(name).map(|(at, _)| (&line[..at], &line[at + name.len()..]));
    places.filter(|(before, after)| !before.ends_with(is_word) && !after.starts_with(is_word))
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
