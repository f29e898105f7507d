//! Diagnostics as text, in the way rustc shows its own.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Place, Severity};
use crate::origin::{Documents, Position, boundary};
use crate::sanitize;

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
    let title = sanitize::line(&diagnostic.message);
    let mut group = level.primary_title(title.as_ref()).id(diagnostic.code).elements(None::<Origin<'_>>);
    if let Some(position) = diagnostic.position(documents) {
        let path = sanitize::line(position.file);
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
        group = group.element(Level::NOTE.message(format!("at #{}", sanitize::line(&diagnostic.pointer))));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(sanitize::line(help)));
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
    let end = boundary(text, position.span.end).clamp(start, to);
    // Each part by itself, because a character that is replaced has another length.
    let mut shown = format!("{head}{}", source(&text[from..start]));
    let at = shown.len();
    shown.push_str(&source(&text[start..end]));
    let span = at..shown.len();
    shown.push_str(&source(&text[end..to]));
    shown.push_str(ellipsis(to < line_end));
    (shown, span, from > line_start)
}

/// A part of a line, sanitized but for its tabs, which the renderer shows as spaces.
fn source(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(sanitize::line).collect();
    parts.join("\t")
}
