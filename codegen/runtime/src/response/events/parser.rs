//! A parser of `text/event-stream`, as defined in the HTML standard ("Interpreting an event stream").
//!
//! It is implemented here because the existing crates do not limit the size of an event.

use std::sync::Arc;
use std::time::Duration;

/// A parsed event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Message {
    /// The name, if the server sent one.
    pub(super) name: Option<String>,
    /// The lines of data, separated by newlines.
    pub(super) data: String,
}

/// The error of an event or a line that exceeds the limit.
#[derive(Debug, PartialEq)]
pub(super) struct TooLarge;

/// Parses a stream that arrives in chunks with arbitrary boundaries.
pub(super) struct Parser {
    limit: usize,
    /// The beginning of the current line.
    line: Vec<u8>,
    /// True if the previous line ended with a carriage return, so that a newline would belong to it.
    after_return: bool,
    /// True after the first line, when a byte order mark can no longer occur.
    begun: bool,
    name: String,
    data: String,
    /// The id, which also applies to later events until it is replaced.
    id: Option<Arc<str>>,
    retry: Option<Duration>,
}

impl Parser {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            after_return: false,
            begun: false,
            name: String::new(),
            data: String::new(),
            id: None,
            retry: None,
        }
    }

    /// Returns the last id.
    pub(super) fn id(&self) -> Option<&Arc<str>> {
        self.id.as_ref()
    }

    /// Returns the last reconnection time.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Returns the next event that ends in this chunk, and removes the parsed bytes from its front.
    pub(super) fn next(&mut self, piece: &mut &[u8]) -> Result<Option<Message>, TooLarge> {
        loop {
            if std::mem::take(&mut self.after_return) {
                *piece = piece.strip_prefix(b"\n").unwrap_or(piece);
            }
            let end = piece.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (part, rest) = piece.split_at(end.unwrap_or(piece.len()));
            if part.len() > self.limit.saturating_sub(self.held()) {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(part);
            *piece = rest;
            let Some((ended_by, rest)) = rest.split_first() else { return Ok(None) };
            *piece = rest;
            // The newline may be the first byte of the next chunk.
            self.after_return = *ended_by == b'\r';
            if let Some(message) = self.end_line() {
                return Ok(Some(message));
            }
        }
    }

    /// Returns the number of bytes held for the current event. The id always counts, because every event has it.
    fn held(&self) -> usize {
        let id = self.id.as_ref().map_or(0, |id| id.len());
        self.line.len() + self.name.len() + self.data.len() + id
    }

    /// Parses the current line; an empty line ends an event.
    fn end_line(&mut self) -> Option<Message> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let line = if std::mem::replace(&mut self.begun, true) {
            &*text
        } else {
            text.strip_prefix('\u{feff}').unwrap_or(&text)
        };
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = value.to_owned(),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = Some(value.into()).filter(|_| !value.is_empty()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            // A comment or an unknown field.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Message> {
        let name = Some(std::mem::take(&mut self.name)).filter(|name| !name.is_empty());
        let mut data = std::mem::take(&mut self.data);
        // An event needs at least one line of data, which may be empty.
        data.pop()?;
        Some(Message { name, data })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Message, Parser, TooLarge};

    fn read(parser: &mut Parser, mut piece: &[u8]) -> Vec<Message> {
        std::iter::from_fn(|| parser.next(&mut piece).unwrap_or(None)).collect()
    }

    fn message(name: &str, data: &str) -> Message {
        Message { name: Some(name.to_owned()).filter(|name| !name.is_empty()), data: data.to_owned() }
    }

    const STREAM: &str = "\u{feff}: a comment\r\ndata: one\r\n\r\nevent: two\rdata:2\rdata:  and\rdata\rid: é\r\r\
                          retry: 1500\n\nevent: lost\n\ndata\n\nodd: field\nid: with\0nul\ndata:{\"a\":1}\n\ndata: cut";

    fn expected() -> [Message; 4] {
        [message("", "one"), message("two", "2\n and\n"), message("", ""), message("", r#"{"a":1}"#)]
    }

    #[test]
    fn lines_comments_and_fields() {
        let mut parser = Parser::new(100);
        assert_eq!(read(&mut parser, STREAM.as_bytes()), expected());
        assert_eq!((parser.id().map(|id| &**id), parser.retry()), (Some("é"), Some(Duration::from_millis(1500))));
        assert!(read(&mut parser, b"\nid\nretry: 5s\nretry: 99999999999999999999\n\n").len() == 1);
        assert_eq!((parser.id(), parser.retry()), (None, Some(Duration::from_millis(1500))));
    }

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let bytes = STREAM.as_bytes();
        for cut in 0..=bytes.len() {
            let mut parser = Parser::new(100);
            let (first, second) = bytes.split_at(cut);
            let mut messages = read(&mut parser, first);
            messages.extend(read(&mut parser, second));
            assert_eq!(messages, expected(), "cut at {cut}");
        }
        let mut parser = Parser::new(100);
        let messages: Vec<Message> = bytes.iter().flat_map(|byte| read(&mut parser, &[*byte])).collect();
        assert_eq!(messages, expected());
    }

    #[test]
    fn what_is_no_text_is_replaced_and_a_mark_is_taken_at_the_beginning_alone() {
        let mut parser = Parser::new(100);
        assert_eq!(read(&mut parser, b"data: \xff\n\n\xef\xbb\xbfdata: x\n\n"), [message("", "\u{fffd}")]);
    }

    #[test]
    fn an_event_is_limited_and_a_stream_is_not() {
        let mut parser = Parser::new(16);
        assert_eq!(read(&mut parser, &b"data: 123456\n\n: keep alive\n\n".repeat(100)).len(), 100);
        let with_id = "id: 123456789\ndata: 1234";
        for endless in
            ["data: 12\n".repeat(5), ":".repeat(17), "event: 12345678\ndata: 123".to_owned(), with_id.to_owned()]
        {
            let mut parser = Parser::new(16);
            assert_eq!(parser.next(&mut endless.as_bytes()), Err(TooLarge), "{endless}");
        }
    }
}
