//! Diagnostics as text, in the way rustc shows its own.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place, Severity};
use crate::origin::{Documents, Position, boundary};

/// How many bytes of a line are shown, and how many of them before the place where that is too few. A minified document is one line.
const WIDTH: usize = 120;
const BEFORE: usize = 40;

/// All diagnostics as a person reads them: what, where, the line, the pointer and the help. Each ends with an empty line.
pub fn render(diagnostics: &Diagnostics, documents: &Documents, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    diagnostics.iter().map(|diagnostic| one(diagnostic, documents, &renderer) + "\n\n").collect()
}

fn one(diagnostic: &Diagnostic, documents: &Documents, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = visible(&diagnostic.message);
    let mut group = level.primary_title(title.as_str()).id(diagnostic.code).elements(None::<Origin<'_>>);
    if let Some(position) = diagnostic.position(documents) {
        let path = visible(position.file);
        let (line, span, cut) = window(&position);
        let snippet = Snippet::source(line).line_start(position.line).annotation(AnnotationKind::Primary.span(span));
        group = if cut {
            // The snippet would count its columns from where the line was cut.
            let place = Origin::path(path).line(position.line).char_column(position.column);
            group.element(place).element(snippet)
        } else {
            group.element(snippet.path(path))
        };
    }
    if !matches!(diagnostic.place, Place::Offset(..)) && !diagnostic.pointer.is_empty() {
        group = group.element(Level::NOTE.message(format!("at #{}", visible(&diagnostic.pointer))));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    renderer.render(&[group])
}

/// As much of the position's line as can be shown, where in that the place is, and whether its beginning is missing.
fn window(position: &Position<'_>) -> (String, Range<usize>, bool) {
    let text = position.text;
    let start = boundary(text, position.span.start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = start + text[start..].lines().next().map_or(0, str::len);
    let (from, to) = if line_end - line_start <= WIDTH {
        (line_start, line_end)
    } else {
        let from = line_start.max(boundary(text, start.saturating_sub(BEFORE)));
        (from, line_end.min(boundary(text, from + WIDTH)).max(start))
    };
    let ellipsis = |cut| if cut { "..." } else { "" };
    let head = ellipsis(from > line_start);
    let shown = format!("{head}{}{}", &text[from..to], ellipsis(to < line_end));
    let at = start - from + head.len();
    let end = boundary(text, position.span.end).clamp(start, to) - from + head.len();
    (shown, at..end, from > line_start)
}

/// The text without characters that would move the cursor, colour the terminal or turn the direction of reading: it may be a document's.
pub(crate) fn visible(text: &str) -> String {
    let hidden = |char: char| {
        char.is_control() && char != '\n'
            || matches!(char, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|char| if hidden(char) { char::REPLACEMENT_CHARACTER } else { char }).collect()
}
