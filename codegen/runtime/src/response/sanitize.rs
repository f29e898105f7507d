//! Server text in messages and logs: its length is bounded, and unsafe characters are escaped.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};

/// Maximum numbers of characters kept from the beginning and the end of a message.
const HEAD: usize = 360;
const TAIL: usize = 120;

/// Returns true if a character can break a line, control a terminal, or change how the surrounding text is displayed.
fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Appends the text with unsafe characters escaped as in Rust literals.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        if is_unsafe(letter) {
            out.extend(letter.escape_debug().flat_map(escape_fully));
        } else {
            out.push(letter);
        }
    }
}

/// Escapes a character, including the invisible ones that `escape_debug` leaves unchanged.
fn escape_fully(letter: char) -> impl Iterator<Item = char> {
    let (plain, escaped) = if is_unsafe(letter) { (None, Some(letter.escape_unicode())) } else { (Some(letter), None) };
    plain.into_iter().chain(escaped.into_iter().flatten())
}

/// Returns the text on one line, with unsafe characters escaped.
pub(crate) fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => line.push(' '),
            _ => push_escaped(&mut line, letter.encode_utf8(&mut [0; 4])),
        }
    }
    line
}

/// Returns a message on one line, with unsafe characters escaped and the middle of a long message left out.
pub(crate) fn message(message: impl fmt::Display) -> String {
    let mut writer = HeadAndTail { head: String::new(), head_left: HEAD, tail: VecDeque::new(), cut: false };
    // This writer never fails, nor does the `Display` of serde's errors.
    let _ = write!(writer, "{message}");
    let tail: String = writer.tail.into_iter().collect();
    let between = if writer.cut { "…" } else { "" };
    on_one_line(&format!("{}{between}{tail}", writer.head))
}

/// Returns true if a value is displayed as this text.
pub(crate) fn is_shown_as(value: impl fmt::Display, text: &str) -> bool {
    struct Rest<'t>(&'t str);

    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

/// A writer that keeps the beginning and the end of a text.
struct HeadAndTail {
    head: String,
    head_left: usize,
    tail: VecDeque<char>,
    cut: bool,
}

impl fmt::Write for HeadAndTail {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let taken = text.char_indices().nth(self.head_left).map_or(text.len(), |(index, _)| index);
        let (head, rest) = text.split_at(taken);
        self.head.push_str(head);
        self.head_left -= head.chars().count();
        // The end is found without iterating over the text before it.
        let start = rest.char_indices().rev().nth(TAIL - 1).map_or(0, |(index, _)| index);
        self.cut |= start > 0;
        for letter in rest[start..].chars() {
            if self.tail.len() == TAIL {
                self.tail.pop_front();
                self.cut = true;
            }
            self.tail.push_back(letter);
        }
        Ok(())
    }
}

/// Returns serde's message without the text that it quotes, which can be a secret. Names of missing properties and
/// expected types come from the document, so they are kept.
pub(crate) fn without_content(message: &str) -> Option<String> {
    let (message, _position) = message.rsplit_once(" at line ").unwrap_or((message, ""));
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return (!name.contains('`')).then(|| format!("missing field `{name}`"));
    }
    let (what, rest) = message.split_once(": ").filter(|(what, _)| ["invalid type", "invalid value"].contains(what))?;
    let found = ["null", "boolean", "integer", "floating point", "string", "sequence", "map"];
    let found = found.into_iter().find(|found| rest.starts_with(found))?;
    let (_, expected) = rest.rsplit_once(", expected ")?;
    // A quotation mark would be part of the quoted text.
    (!expected.contains('"')).then(|| format!("{what}: {found}, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::{message, on_one_line, without_content};

    #[test]
    fn unsafe_characters_are_escaped() {
        assert_eq!(
            on_one_line("a\nb\u{1b}[31m\u{202e}c\u{200b}\u{feff}\0é"),
            "a b\\u{1b}[31m\\u{202e}c\\u{200b}\\u{feff}\\0é"
        );
        assert_eq!(on_one_line("\u{85}\u{2028}\u{7f}"), "\\u{85}\\u{2028}\\u{7f}");
    }

    #[test]
    fn long_messages_keep_both_ends() {
        assert_eq!(message("short\r\n"), "short  ");
        for (text, pieces) in [("x".repeat(100_000), 1), ("x".repeat(10), 10_000)] {
            let long = format!("begin {}", vec![text; pieces].join(""));
            let shown = message(format_args!("{long} end"));
            assert!(shown.starts_with("begin xxx") && shown.ends_with("xxx end") && shown.contains('…'), "{shown}");
            assert!(shown.len() < 500);
        }
        let exact = "é".repeat(super::HEAD + super::TAIL);
        assert_eq!(message(&exact), exact);
    }

    #[test]
    fn content_is_left_out_of_messages() {
        let shown = |text: &str| without_content(text);
        assert_eq!(shown("missing field `name` at line 1 column 2").as_deref(), Some("missing field `name`"));
        assert_eq!(
            shown("invalid type: string \"hunter2, expected i64\", expected a string at line 1 column 2").as_deref(),
            Some("invalid type: string, expected a string")
        );
        assert_eq!(shown("invalid type: null, expected i64").as_deref(), Some("invalid type: null, expected i64"));
        assert_eq!(
            shown("invalid value: string \"x, expected \\\"\", expected a day").as_deref(),
            Some("invalid value: string, expected a day")
        );
        assert_eq!(shown("invalid value: string \"x\", expected \"y\""), None);
        assert_eq!(shown("hunter2"), None);
    }
}
