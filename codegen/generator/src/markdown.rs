//! A document's names and texts as Markdown that is only read: no code that rustdoc would compile and run, no HTML, no
//! link but to a web page.
//!
//! A text is parsed as CommonMark and written anew, so that the only code blocks left are fenced and marked `text`.

mod inline;
mod writer;

use pulldown_cmark::{Event, Options, Parser, TextMergeStream};

use writer::Writer;

/// The part of each line that is kept. Longer lines are unreadable, and some are an attack.
const MAX_LINE: usize = 2_000;

/// Writes a text as Markdown. Headings, lists, quotes, tables, emphasis, code and links to web pages stay; anything else is
/// shown as it is written.
pub fn text(text: &str) -> String {
    let cleaned = clean(text);
    let mut writer = Writer::default();
    events(&cleaned).for_each(|event| writer.event(event));
    writer.finish()
}

/// Writes the first line of a text's first paragraph or heading, empty where there is none.
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

/// Writes a name as one line of plain text.
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

/// Writes a name as code, on one line.
pub fn code(name: &str) -> String {
    match one_line(name).as_str() {
        "" => "`\"\"`".to_owned(),
        name => code_span(name),
    }
}

/// Removes the characters that are hidden or make text look other than it is.
pub fn visible(text: &str) -> String {
    text.chars().filter(|character| !is_hidden(*character)).collect()
}

/// What rustdoc reads besides CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_FOOTNOTES);

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    TextMergeStream::new(Parser::new_ext(text, OPTIONS))
}

/// Lines with visible characters, spaces and tabs.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace('\r', "\n").lines() {
        let visible = |character: &char| *character == '\t' || !is_hidden(*character);
        out.extend(line.chars().take(MAX_LINE).filter(visible));
        out.push('\n');
    }
    out
}

/// The words of a name with one space between them.
fn one_line(name: &str) -> String {
    let mut words = name.split_whitespace().map(visible).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let line = words.fold(first, |line, word| line + " " + &word);
    line.chars().take(MAX_LINE).collect()
}

/// Code on one line, between more backticks than it has in a row.
fn code_span(code: &str) -> String {
    let fence = "`".repeat(longest_run(code, '`') + 1);
    // A space next to each fence belongs to the fence.
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{code}{space}{fence}")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or_default()
}

/// Control characters, and those that make text look other than it is.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
