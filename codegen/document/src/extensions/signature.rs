//! `x-webhook-signature`: the signature scheme of webhook deliveries.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, child, closest};
use crate::token::is_token;

/// The extension's name.
pub(super) const NAME: &str = "x-webhook-signature";

const KEYS: [&str; 6] = ["algorithm", "header", "prefix", "encoding", "timestamp", "signed"];

/// The signature scheme of a server: HMAC-SHA256 with the webhook's secret as its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The header with the signature.
    pub header: String,
    /// The text before the signature in its header.
    pub prefix: String,
    /// The encoding of the signature.
    pub encoding: Encoding,
    /// The header with the time of signing in seconds since 1970.
    pub timestamp: Option<String>,
    /// The signed parts, in order.
    pub signed: Vec<Part>,
}

/// The encoding of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// Hexadecimal in lower case.
    Hex,
    /// Base64 with padding.
    Base64,
}

/// A signed part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Part {
    /// The body.
    Body,
    /// The time of signing, as in its header.
    Timestamp,
    /// This text.
    Text(String),
}

/// Reads the extension's value at `place`. `None` if it is invalid.
pub(super) fn read(value: &Value, place: &str, diagnostics: &mut Diagnostics) -> Option<Signature> {
    let mut reader = Reader { place, sound: true, diagnostics };
    let Value::Object(object) = value else {
        let help = format!("write a map of {}", KEYS.join(", "));
        reader.error("", format!("`{NAME}` must be a map"), help);
        return None;
    };
    for key in object.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let help = closest(key, KEYS)
            .map_or_else(|| format!("known keys: {}", KEYS.join(", ")), |meant| format!("did you mean `{meant}`?"));
        reader.error(key, format!("unknown key `{key}` in `{NAME}`"), help);
    }
    reader.word(object, "algorithm", &["hmac-sha256"]);
    let encoding = match reader.word(object, "encoding", &["hex", "base64"]) {
        Some("base64") => Encoding::Base64,
        _ => Encoding::Hex,
    };
    let header = reader.header(object, "header");
    if header.is_none() && !object.contains_key("header") {
        reader.missing("header");
    }
    let prefix = reader.text(object, "prefix").unwrap_or_default().to_owned();
    let timestamp = reader.header(object, "timestamp");
    let signed = reader.signed(object);
    let read = Signature { header: header?, prefix, encoding, timestamp, signed };
    reader.sound.then_some(read)
}

struct Reader<'r> {
    place: &'r str,
    sound: bool,
    diagnostics: &'r mut Diagnostics,
}

impl Reader<'_> {
    /// Reports an error at a member, or at the extension itself if `key` is empty.
    fn error(&mut self, key: &str, message: String, help: impl Into<String>) {
        self.sound = false;
        let place = if key.is_empty() { self.place.to_owned() } else { child(self.place, key) };
        self.diagnostics.error("bad-extension", place, message, help);
    }

    fn missing(&mut self, key: &str) {
        self.error("", format!("missing `{key}` in `{NAME}`"), format!("add `{key}`"));
    }

    fn text<'v>(&mut self, object: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
        let value = object.get(key)?;
        if !value.is_string() {
            self.error(key, format!("`{key}` must be a string"), "put it in quotes");
        }
        value.as_str()
    }

    /// Returns a required member that must be one of these words.
    fn word<'v>(&mut self, object: &'v Map<String, Value>, key: &str, words: &[&str]) -> Option<&'v str> {
        if !object.contains_key(key) {
            self.missing(key);
        }
        let word = self.text(object, key)?;
        if !words.contains(&word) {
            let message = format!("unknown {key} `{word}`");
            self.error(key, message, format!("expected one of {}", words.join(", ")));
        }
        Some(word)
    }

    /// Returns a member that is the name of a header.
    fn header(&mut self, object: &Map<String, Value>, key: &str) -> Option<String> {
        let name = self.text(object, key)?;
        if !is_token(name) {
            self.error(key, format!("`{name}` is not a valid header name"), "use letters, digits and hyphens");
        }
        Some(name.to_owned())
    }

    /// Returns the parts of the template in `signed`; the body alone by default.
    fn signed(&mut self, object: &Map<String, Value>) -> Vec<Part> {
        let parts = match self.text(object, "signed").map(parts) {
            Some(Some(parts)) => parts,
            Some(None) => {
                let help = "it may contain `{body}`, `{timestamp}` and text without braces";
                self.error("signed", "invalid braces in `signed`".to_owned(), help);
                return Vec::new();
            }
            None => vec![Part::Body],
        };
        if !parts.contains(&Part::Body) {
            self.error("signed", "`signed` does not contain the body".to_owned(), "add `{body}`");
        }
        match (parts.contains(&Part::Timestamp), object.contains_key("timestamp")) {
            (true, false) => {
                let help = "add `timestamp` with the header of the time";
                self.error("signed", "`signed` contains a time, but no header is declared for it".to_owned(), help);
            }
            (false, true) => {
                let help = "add `{timestamp}` to `signed`, or remove `timestamp`";
                self.error("timestamp", "the time is not signed, so it cannot be verified".to_owned(), help);
            }
            _ => {}
        }
        parts
    }
}

/// Parses a template: `{timestamp}.{body}` is the timestamp, the text `.`, and the body. `None` if its braces are
/// invalid.
fn parts(template: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let add_text = |parts: &mut Vec<Part>, text: &str| {
        parts.extend((!text.is_empty()).then(|| Part::Text(text.to_owned())));
        (!text.contains(['{', '}'])).then_some(())
    };
    let mut rest = template;
    while let Some((text, placeholder)) = rest.split_once('{') {
        add_text(&mut parts, text)?;
        let (name, after) = placeholder.split_once('}')?;
        parts.push(match name {
            "body" => Part::Body,
            "timestamp" => Part::Timestamp,
            _ => return None,
        });
        rest = after;
    }
    add_text(&mut parts, rest)?;
    Some(parts)
}
