//! Inline text with its marks, escaped so that nothing else is parsed as markup.

use super::{code_span, is_hidden, one_line};

/// A hard line break. The character is hidden, so that it does not occur in text.
pub const BREAK: char = '\u{2028}';

/// The markup of a part of a text.
#[derive(Clone)]
pub enum Mark {
    /// `*text*`
    Emphasis,
    /// `**text**`
    Strong,
    /// `~~text~~`
    Strikethrough,
    /// `[text](target)`
    Link(String),
    /// `<target>`
    Address(String),
    /// No markup: a mark nested in the same mark.
    Nothing,
}

/// The inline content of a block.
#[derive(Clone, Default)]
pub struct Inline {
    text: String,
    /// The open marks, and the text before each.
    open: Vec<(Mark, String)>,
    /// True in a heading, which a `#` can end.
    pub in_heading: bool,
    /// True in a cell of a table, which a `|` ends.
    pub in_table: bool,
}

impl Inline {
    /// Adds text without markup.
    pub fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let url = if self.in_link() { "" } else { url(rest) };
            if url.is_empty() {
                rest = &rest[character.len_utf8()..];
                self.character(character, rest.chars().next());
            } else {
                rest = &rest[url.len()..];
                // A URL with placeholders is not a link.
                match is_target(url) {
                    true => self.text.extend(["<", url, ">"]),
                    false => self.span(url),
                }
            }
        }
    }

    fn character(&mut self, character: char, next: Option<char>) {
        if character.is_whitespace() {
            if !self.text.is_empty() && !self.text.ends_with([' ', '\n', BREAK]) {
                self.text.push(' ');
            }
            return;
        }
        if is_hidden(character) {
            return;
        }
        let begins = self.text.is_empty() || self.text.ends_with(['\n', BREAK]);
        // The next event is not known here.
        let in_word = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
        let escaped = match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '|' => true,
            '_' => !(self.text.ends_with(char::is_alphanumeric) && in_word(next)),
            '&' => next.is_none_or(|next| next == '#' || next.is_alphanumeric()),
            '#' => self.in_heading || begins && !in_word(next),
            '>' | '=' => begins,
            '-' | '+' | ':' => begins && !in_word(next),
            // Escape the slash if it is unknown whether a URL follows.
            '/' => !self.in_link() && ["http:", "https:"].iter().any(|scheme| self.text.ends_with(scheme)),
            '.' | ')' => self.is_number() && next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if escaped {
            self.text.push('\\');
        }
        self.text.push(character);
    }

    /// Returns true if the line so far is a number, which would start a list item.
    fn is_number(&self) -> bool {
        let line = self.text.rsplit(['\n', BREAK]).next().unwrap_or_default();
        !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Adds code.
    pub fn code(&mut self, code: &str) {
        let code = one_line(code);
        if self.in_table && code.contains('|') {
            return self.text(&code);
        }
        if !code.is_empty() {
            self.span(&code);
        }
    }

    fn span(&mut self, code: &str) {
        if self.text.ends_with('`') {
            self.text.push(' ');
        }
        self.text.push_str(&code_span(code));
    }

    /// Ends a line; hard breaks are kept.
    pub fn break_line(&mut self, hard: bool) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            if hard {
                self.text.push(BREAK);
            }
            self.text.push('\n');
        }
    }

    /// Opens a mark. A mark nested in the same mark has no effect: `**` in `**` would be four asterisks.
    pub fn begin(&mut self, mark: Mark) {
        let same = |(open, _): &(Mark, String)| std::mem::discriminant(open) == std::mem::discriminant(&mark);
        let mark = if self.open.iter().any(same) { Mark::Nothing } else { mark };
        let before = match mark {
            Mark::Nothing => String::new(),
            _ => std::mem::take(&mut self.text),
        };
        self.open.push((mark, before));
    }

    /// Opens a link; links to anything but web pages have no effect.
    pub fn begin_link(&mut self, target: &str) {
        self.begin(web_page(target).map_or(Mark::Nothing, Mark::Link));
    }

    /// Opens a link whose text is its URL.
    pub fn begin_address(&mut self, target: &str) {
        match is_web_page(target) && is_target(target) {
            true => self.begin(Mark::Address(target.to_owned())),
            false => self.begin_link(target),
        }
    }

    /// Closes the innermost mark.
    pub fn end(&mut self) {
        let Some((mark, before)) = self.open.pop() else { return };
        if matches!(mark, Mark::Nothing) {
            return;
        }
        let content = std::mem::replace(&mut self.text, before);
        let content = content.trim_end_matches(['\n', ' ', BREAK]);
        let (opening, closing) = match &mark {
            Mark::Emphasis => ("*", "*".to_owned()),
            Mark::Strong => ("**", "**".to_owned()),
            Mark::Strikethrough => ("~~", "~~".to_owned()),
            Mark::Address(target) => return self.text.extend(["<", target, ">"]),
            Mark::Link(target) if content.is_empty() => return self.text.extend(["<", target, ">"]),
            Mark::Link(target) => ("[", format!("]({target})")),
            Mark::Nothing => ("", String::new()),
        };
        // Within a word, a mark before punctuation has no effect.
        let in_word =
            self.text.ends_with(char::is_alphanumeric) && content.starts_with(|c: char| c.is_ascii_punctuation());
        match mark {
            _ if content.is_empty() => {}
            Mark::Link(_) => {
                // After an exclamation mark it would be an image.
                if self.text.ends_with('!') {
                    self.text.insert(self.text.len() - 1, '\\');
                }
                self.text.extend([opening, content, &closing]);
            }
            _ if in_word => self.text.push_str(content),
            _ => self.text.extend([opening, content, &closing]),
        }
    }

    fn in_link(&self) -> bool {
        self.open.iter().any(|(mark, _)| matches!(mark, Mark::Link(_) | Mark::Address(_)))
    }

    /// Returns the text so far, as if it ended here.
    pub fn so_far(&self) -> String {
        self.clone().take()
    }

    /// Takes the text and returns it without empty lines.
    pub fn take(&mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        let mut text = std::mem::take(&mut self.text);
        text.truncate(text.trim_end_matches(['\n', ' ', BREAK]).len());
        text
    }
}

/// Returns the URL at the start of a text, without trailing punctuation of the sentence.
fn url(text: &str) -> &str {
    let Some(after) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return "" };
    let ends = |character: char| {
        character.is_whitespace() || is_hidden(character) || matches!(character, '<' | '>' | '"' | '`' | '\\' | '|')
    };
    let length = after.find(ends).unwrap_or(after.len());
    let mut host = &after[..length];
    while let Some(last) = host.chars().next_back() {
        let unpaired = |opening| host.matches(opening).count() < host.matches(last).count();
        let belongs = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => false,
            ')' => !unpaired('('),
            ']' => !unpaired('['),
            '}' => !unpaired('{'),
            _ => true,
        };
        if belongs {
            break;
        }
        host = &host[..host.len() - last.len_utf8()];
    }
    if host.is_empty() { "" } else { &text[..text.len() - after.len() + host.len()] }
}

/// Returns true if a URL is valid without further escaping.
fn is_target(url: &str) -> bool {
    url.chars().all(|character| character.is_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character))
}

fn is_web_page(target: &str) -> bool {
    target.starts_with("https://") || target.starts_with("http://")
}

/// Returns the target of a link to a web page, escaped so that it does not end early. Other links would not resolve, or
/// would be mistaken for Rust items.
fn web_page(target: &str) -> Option<String> {
    if !is_web_page(target) {
        return None;
    }
    let mut out = String::with_capacity(target.len());
    for character in target.chars().filter(|character| !is_hidden(*character)) {
        if character.is_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(character) {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            out.extend(character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    Some(out)
}
