//! Diagnostics as text, in the style of rustc.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use indexmap::IndexMap;

use super::{Diagnostic, Diagnostics, Place, Severity};
use crate::origin::{Position, SourceMap, boundary};
use crate::sanitize;

/// Maximum numbers of bytes shown of a line, and of those before the position. A minified document is a single line.
const WIDTH: usize = 120;
const BEFORE: usize = 40;

/// Formats all diagnostics as text: the message, position, source line, pointer and help, each followed by an empty
/// line.
pub fn render(diagnostics: &Diagnostics, documents: &SourceMap, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    diagnostics.iter().map(|diagnostic| one(diagnostic, documents, &renderer) + "\n\n").collect()
}

/// Like [`render`], but shows at most `most` diagnostics of each code, and the number of the others.
pub fn summarize(diagnostics: &Diagnostics, documents: &SourceMap, color: bool, most: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut counts = IndexMap::<_, usize>::new();
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        let count = counts.entry((diagnostic.severity, diagnostic.code)).or_default();
        *count += 1;
        if *count <= most {
            text.push_str(&(one(diagnostic, documents, &renderer) + "\n\n"));
        }
    }
    for ((severity, code), count) in counts.into_iter().filter(|(_, count)| *count > most) {
        let more = format!("and {} more of `{code}`; --all-warnings prints each", grouped(count - most));
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let group = level.primary_title(more.as_str()).elements(None::<Origin<'_>>);
        text.push_str(&(renderer.render(&[group]) + "\n\n"));
    }
    text
}

/// Formats a number with commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn one(diagnostic: &Diagnostic, documents: &SourceMap, renderer: &Renderer) -> String {
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
            // The snippet would count columns from where the line was cut.
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

/// Returns the part of the position's line that is shown, the position in it, and true if its beginning is cut.
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
    // Each part is sanitized separately, because a replaced character has a different length.
    let mut shown = format!("{head}{}", source(&text[from..start]));
    let at = shown.len();
    shown.push_str(&source(&text[start..end]));
    let span = at..shown.len();
    shown.push_str(&source(&text[end..to]));
    shown.push_str(ellipsis(to < line_end));
    (shown, span, from > line_start)
}

/// Returns a part of a line, sanitized except for tabs, which the renderer shows as spaces.
fn source(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(sanitize::line).collect();
    parts.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_code_are_shown_and_the_others_counted() {
        let mut diagnostics = Diagnostics::new();
        for index in 0..1_300 {
            diagnostics.warning("many", format!("/{index}"), "one of many", "");
        }
        diagnostics.error("few", "/a", "the only one", "");
        let text = summarize(&diagnostics, &SourceMap::new(), false, 5);
        assert_eq!(text.matches("one of many").count(), 5, "{text}");
        assert!(text.contains("and 1,295 more of `many`; --all-warnings prints each"), "{text}");
        assert!(text.contains("error[few]") && !text.contains("more of `few`"), "{text}");
        assert_eq!([grouped(7), grouped(1_000), grouped(1_234_567)], ["7", "1,000", "1,234,567"]);
    }
}
