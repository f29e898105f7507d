//! Renders a document's names and texts as inert Markdown: no code that rustdoc would compile and run, no HTML, and
//! only links to web pages.
//!
//! Text is parsed as CommonMark and written again, so that all code blocks are fenced and marked `text`.

mod inline;
mod writer;

use pulldown_cmark::{Event, Options, Parser, TextMergeStream};

use writer::Writer;

/// Maximum length of a line; the rest is cut. Longer lines are unreadable and may be malicious.
const MAX_LINE: usize = 2_000;

/// Renders a text as Markdown. Headings, lists, quotes, tables, emphasis, code and links to web pages are kept;
/// everything else is shown literally.
pub fn text(text: &str) -> String {
    let cleaned = clean(text);
    let mut writer = Writer::default();
    events(&cleaned).for_each(|event| writer.event(event));
    writer.finish()
}

/// Renders the first line of a text's first paragraph or heading; empty if there is none.
pub fn summary(text: &str) -> String {
    let cleaned = clean(text);
    let mut writer = Writer::default();
    for event in events(&cleaned) {
        writer.event(event);
        if let Some(line) = writer.first_line() {
            return line;
        }
    }
    String::new()
}

/// Renders a name as one line of plain text.
pub fn name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in one_line(name).chars() {
        if character.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// Renders a name as code on one line.
pub fn code(name: &str) -> String {
    match one_line(name).as_str() {
        "" => "`\"\"`".to_owned(),
        name => code_span(name),
    }
}

/// Removes hidden characters, and characters that change the appearance of the text.
pub fn visible(text: &str) -> String {
    text.chars().filter(|character| !is_hidden(*character)).collect()
}

/// The extensions of CommonMark that rustdoc supports.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_FOOTNOTES);

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    TextMergeStream::new(Parser::new_ext(text, OPTIONS))
}

/// Returns the text with only visible characters, spaces, tabs and line breaks.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace('\r', "\n").lines() {
        let visible = |character: &char| *character == '\t' || !is_hidden(*character);
        out.extend(line.chars().take(MAX_LINE).filter(visible));
        out.push('\n');
    }
    out
}

/// Returns the words of a name, separated by single spaces.
fn one_line(name: &str) -> String {
    let mut words = name.split_whitespace().map(visible).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let line = words.fold(first, |line, word| line + " " + &word);
    line.chars().take(MAX_LINE).collect()
}

/// Returns code on one line, between more backticks than it contains in a row.
fn code_span(code: &str) -> String {
    let fence = "`".repeat(longest_run(code, '`') + 1);
    // A space next to each fence is not part of the code.
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{code}{space}{fence}")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or_default()
}

/// Returns true for control characters, and for characters that change the appearance of the text.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
