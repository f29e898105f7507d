//! Which lines of a Rust program a review's findings about the client may affect.
//!
//! Names are looked for in the text, word by word: what has the same name and another meaning is found as well, and what a macro makes or
//! another name stands for is not. The compiler has the last word.

use super::review::{Finding, Review};
use super::{Area, Severity};

/// A line of a program that a finding may affect.
#[derive(Debug)]
pub struct Affected<'r> {
    /// The line, counted from 1.
    pub line: usize,
    /// The finding.
    pub finding: &'r Finding,
}

/// What is looked for.
enum Name<'f> {
    /// `.name(`, in a program that calls `.accessor(` somewhere.
    Method { name: &'f str, accessor: Option<&'f str> },
    /// A field: `.name`, `.name(` or `name:`.
    Field(&'f str),
    /// `Type` or `Type::Member`.
    Path(&'f str, Option<&'f str>),
}

/// The lines of a program that the findings may affect which break Rust callers or change what the client does, in order.
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

/// What a finding is about: its subject is the path of a type or a method, and its message quotes the setter or argument first.
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

/// A line without the comment at its end.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line }
}

fn is_called(line: &str, name: &str) -> bool {
    words(line, name)
        .any(|(before, after)| before.ends_with('.') && (after.starts_with('(') || after.starts_with("::<")))
}

/// What stands before and behind each place of a name in a line.
fn words<'l>(line: &'l str, name: &'l str) -> impl Iterator<Item = (&'l str, &'l str)> {
    let places = line.match_indices(name).map(|(at, _)| (&line[..at], &line[at + name.len()..]));
    places.filter(|(before, after)| !before.ends_with(is_word) && !after.starts_with(is_word))
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
