//! Diagnostics for programs: JSON lines, and GitHub workflow commands, which annotate a pull request.

use serde::Serialize;

use super::{Diagnostic, Diagnostics};
use crate::origin::SourceMap;
use crate::sanitize::{self, command_data, command_property, line};

/// A line of JSON. Lines and columns start at 1, and columns count characters. Without a file, all three are missing.
#[derive(Serialize)]
struct Line<'a> {
    severity: &'static str,
    code: &'static str,
    #[serde(flatten)]
    place: Option<JsonLocation<'a>>,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

impl<'a> JsonLocation<'a> {
    fn of(diagnostic: &Diagnostic, documents: &'a SourceMap) -> Option<Self> {
        let position = diagnostic.position(documents)?;
        Some(Self { file: position.file, line: position.line, column: position.column })
    }
}

/// Formats each diagnostic as an object on its own line: `severity` (`error` or `warning`), `code`, `file`, `line`,
/// `column`, `pointer` (into the document in its current state), `source` (into the file as it was read), `message` and
/// `help`.
pub fn json_lines(diagnostics: &Diagnostics, documents: &SourceMap) -> String {
    let line = |diagnostic: &Diagnostic| {
        let line = Line {
            severity: diagnostic.severity.name(),
            code: diagnostic.code,
            place: JsonLocation::of(diagnostic, documents),
            pointer: &diagnostic.pointer,
            source: diagnostic.origin(documents).map(|(_, pointer)| pointer),
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
        };
        // Strings and numbers can always be serialized.
        sanitize::json(&serde_json::to_string(&line).unwrap_or_default()).into_owned() + "\n"
    };
    diagnostics.iter().map(line).collect()
}

/// Formats each diagnostic as a workflow command. GitHub shows it at its line in a pull request that changes the file.
pub fn github(diagnostics: &Diagnostics, documents: &SourceMap) -> String {
    let command = |diagnostic: &Diagnostic| {
        let place = JsonLocation::of(diagnostic, documents)
            .map(|place| format!("file={},line={},col={},", command_property(place.file), place.line, place.column));
        let help = diagnostic.help.iter().map(|help| format!("\n{}", line(help))).collect::<String>();
        let text = command_data(&format!("{}{help}", line(&diagnostic.message)));
        let place = place.unwrap_or_default();
        format!("::{} {place}title={}::{text}\n", diagnostic.severity.name(), command_property(diagnostic.code))
    };
    diagnostics.iter().map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::SourceMap;

    #[test]
    fn a_document_writes_no_commands() {
        let mut documents = SourceMap::new();
        documents.add("a,b:100%.yaml", "info: {}\n");
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("unknown-key", "/info", "100%\r\n::error::forged", "");
        diagnostics.error("wrong-type", "", "é", "fix it");
        assert_eq!(
            github(&diagnostics, &documents),
            "::warning file=a%2Cb%3A100%25.yaml,line=1,col=1,title=unknown-key::100%25\\r\\n::error::forged\n\
             ::error file=a%2Cb%3A100%25.yaml,line=1,col=1,title=wrong-type::é%0Afix it\n"
        );
        assert_eq!(
            github(&diagnostics, &SourceMap::new()).lines().next_back(),
            Some("::error title=wrong-type::é%0Afix it")
        );
    }

    #[test]
    fn a_line_is_an_object() {
        let mut documents = SourceMap::new();
        documents.add("a.yaml", "info: {}\n");
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("unknown-key", "/info", "a \"b\"\n", "");
        assert_eq!(
            json_lines(&diagnostics, &documents),
            "{\"severity\":\"warning\",\"code\":\"unknown-key\",\"file\":\"a.yaml\",\"line\":1,\"column\":1,\
             \"pointer\":\"/info\",\"source\":\"/info\",\"message\":\"a \\\"b\\\"\\n\"}\n"
        );
    }
}
