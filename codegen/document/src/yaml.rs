//! Reading and writing YAML. This is the only module that uses `serde_yaml`.
//!
//! `serde_yaml` and its parser, a C library translated to Rust, are archived upstream, so their bugs will not be fixed.
//! They get untrusted text only through [`read`], which limits constructs that make them slow. The fuzz target `load`
//! calls it with arbitrary text. To use another parser, replace this module only.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{Deserialize, DeserializeSeed};

/// Maximum number of nested brackets that the parser gets, because its time is quadratic in them. Brackets in prose
/// count too, so the limit is far above the depth limit of documents.
const MAX_BRACKETS: usize = 5_000;

/// The error of a text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The text is nested more deeply than the parser allows, at this byte offset.
    TooDeep(usize),
    /// The text is not YAML or not of the type: the reason without its position, and the byte offset.
    Invalid(String, usize),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooDeep(offset) => write!(f, "nested too deeply at byte {offset}"),
            Self::Invalid(reason, offset) => write!(f, "{reason} at byte {offset}"),
        }
    }
}

impl std::error::Error for Error {}

/// Deserializes a text with `seed`.
///
/// # Errors
///
/// If the text is not YAML, or not what `seed` expects.
pub fn read<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> Result<S::Value, Error> {
    if let Some(offset) = too_many_brackets(text) {
        return Err(Error::TooDeep(offset));
    }
    seed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let offset = error.location().map_or(0, |place| offset(text, place.line(), place.column()));
        let said = error.to_string();
        if said.contains("recursion limit") {
            return Error::TooDeep(offset);
        }
        let end = said.find(" at line ").unwrap_or(said.len());
        Error::Invalid(said[..end].to_owned(), offset)
    })
}

/// Deserializes a text as a type.
///
/// # Errors
///
/// Those of [`read`].
pub fn from_str<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, Error> {
    read(text, PhantomData)
}

/// Serializes a value; `None` if YAML cannot represent it.
pub fn to_string(value: &impl Serialize) -> Option<String> {
    serde_yaml::to_string(value).ok()
}

fn too_many_brackets(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_BRACKETS
    })
}

/// Converts a line and a column in characters, both starting at 1, to a byte offset.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = line_start(text, line);
    let column = text[start..].char_indices().nth(column.saturating_sub(1));
    column.map_or(text.len(), |(offset, _)| start + offset)
}

/// Returns the offset of the start of a line; lines start at 1.
pub(crate) fn line_start(text: &str, line: usize) -> usize {
    match line.checked_sub(2) {
        None => 0,
        Some(newline) => text.match_indices('\n').nth(newline).map_or(text.len(), |(offset, _)| offset + 1),
    }
}

/// Returns true if the text looks like JSON. YAML's flow mappings start with a brace too, but rarely with a quote after
/// it.
pub(crate) fn is_json(text: &str) -> bool {
    text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}', ',']))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn texts_are_read_and_faults_have_a_place() {
        assert_eq!(from_str("a: [1, é]\n"), Ok(json!({"a": [1, "é"]})));
        assert!(matches!(from_str::<Value>("a: 1\nb: é: c\n"), Err(Error::Invalid(_, 5..))));
        assert!(matches!(from_str::<Value>(&"[".repeat(10_000)), Err(Error::TooDeep(5_000))));
        assert!(matches!(
            from_str::<Value>(&format!("{}{}", "[".repeat(200), "]".repeat(200))),
            Err(Error::TooDeep(_))
        ));
    }
}
