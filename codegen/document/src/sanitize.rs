//! Sanitizing untrusted text for terminals, logs and Markdown.
//!
//! A document, a file's name and a server's message may contain anything. They must not move the cursor, color the
//! terminal, change the text direction, hide other text, start a GitHub Actions command, or be rendered as Markdown or
//! HTML. All output passes through one of these functions, each of which is for one kind of destination.

use std::borrow::Cow;

/// Returns true if a character is not displayed as itself: a control character, or one that is invisible or affects the
/// display of its neighbours.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Returns the text on one line: line feeds are shown as `\n`, tabs as spaces, and other hidden characters as U+FFFD.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return without_commands(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push(' '),
            hidden if is_hidden(hidden) => out.push(char::REPLACEMENT_CHARACTER),
            shown => out.push(shown),
        }
    }
    without_commands(Cow::Owned(out))
}

/// Sanitizes each line of a text like [`line()`]. Use it only for text laid out by the generator: other text could
/// forge lines with its line feeds.
pub fn block(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// Escapes hidden characters in JSON. The meaning stays the same, because outside of strings JSON contains only
/// whitespace.
pub fn json(text: &str) -> Cow<'_, str> {
    let escaped = |char: char| is_hidden(char) && !matches!(char, '\n' | '\r' | '\t');
    if !text.contains(escaped) && !text.contains(LEGACY_COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            hidden if escaped(hidden) => {
                let mut units = [0; 2];
                hidden.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            '[' if out.ends_with("##") => out.push_str("\\u005b"),
            shown => out.push(shown),
        }
    }
    Cow::Owned(out)
}

/// The old prefix of GitHub Actions commands, which the runner still accepts anywhere in a line.
const LEGACY_COMMAND: &str = "##[";

/// Breaks texts that a GitHub Actions runner would parse as commands: `::` at the beginning of a line, after spaces, or
/// `##[` anywhere.
fn without_commands(text: Cow<'_, str>) -> Cow<'_, str> {
    let indent = text.len() - text.trim_start().len();
    let begins = text[indent..].starts_with("::");
    if !begins && !text.contains(LEGACY_COMMAND) {
        return text;
    }
    let mut out = text.replace(LEGACY_COMMAND, "## [");
    if begins {
        out.insert(indent + 1, ' ');
    }
    Cow::Owned(out)
}

/// Escapes the text of a GitHub Actions workflow command. Line feeds are kept in escaped form.
pub fn command_data(text: &str) -> String {
    block(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a GitHub Actions workflow command.
pub fn command_property(text: &str) -> String {
    command_data(&line(text)).replace(':', "%3A").replace(',', "%2C")
}

/// Escapes text so that Markdown displays it literally on one line, without links or mentions. Punctuation is escaped
/// with backslashes, so that the source stays readable.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = line(text);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            // GitHub does not treat the zero-width space as part of a name.
            '@' => out.push_str("\\@\u{200b}"),
            // `www.` starts a link, and so does `https://`.
            '.' if out.ends_with(['w', 'W']) => out.push_str("\\."),
            ':' if chars.peek() != Some(&'/') => out.push(char),
            ' ' | ',' | '.' | '/' | '-' | ';' | '\'' | '"' | '%' | '=' | '?' | '(' | ')' => out.push(char),
            mark if mark.is_ascii_punctuation() => out.extend(['\\', mark]),
            other => out.push(other),
        }
    }
    out
}

/// Formats text as Markdown code. A backtick would end it, and is replaced by a similar character.
pub fn markdown_code(text: &str) -> String {
    let text = line(text).replace('`', "\u{2cb}");
    let space = if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') { " " } else { "" };
    format!("`{space}{text}{space}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_hides_nothing() {
        for (text, shown) in [
            ("plain — é 漢", "plain — é 漢"),
            ("a\n~~~~~~\n::error::b", "a\\n~~~~~~\\n::error::b"),
            ("\u{1b}[31mred\u{9b}0m\r", "\u{fffd}[31mred\u{fffd}0m\\r"),
            ("user\u{202e}txt\u{2066}\u{200b}\u{feff}\u{e0041}", "user\u{fffd}txt\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("a\u{2028}b\u{85}c\u{b}d", "a\u{fffd}b\u{fffd}c\u{fffd}d"),
            ("::add-mask::x", ": :add-mask::x"),
            ("  ::error::x", "  : :error::x"),
            ("\t::error::x", " : :error::x"),
            ("a ##[error]b", "a ## [error]b"),
            ("a::b", "a::b"),
        ] {
            assert_eq!(line(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_block_has_the_lines_of_its_layout() {
        assert_eq!(block("a\n ::error::b\n\u{1b}c\n"), "a\n : :error::b\n\u{fffd}c\n");
    }

    #[test]
    fn json_keeps_its_meaning() -> Result<(), serde_json::Error> {
        let value = serde_json::json!({"\u{202e}": "a\u{9b}\u{e0041}\u{7f}##[error]\n", "b": "é"});
        let text = format!("{value:#}");
        let shown = json(&text);
        assert!(!shown.contains(|char| is_hidden(char) && char != '\n') && !shown.contains("##["), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown)?, value);
        Ok(())
    }

    #[test]
    fn a_command_has_no_lines_of_its_own() {
        assert_eq!(command_data("100%\r\n::error::x"), "100%25\\r%0A: :error::x");
        assert_eq!(command_property("a,b:c\nd"), "a%2Cb%3Ac\\nd");
    }

    #[test]
    fn markdown_shows_text_as_it_is() {
        assert_eq!(markdown("<b> @you www.x #1\n```"), "\\<b\\> \\@\u{200b}you www\\.x \\#1\\\\n\\`\\`\\`");
        assert_eq!(markdown_code("a b"), "`a b`");
        assert_eq!(markdown_code("a`b\nc"), "`a\u{2cb}b\\nc`");
    }
}
