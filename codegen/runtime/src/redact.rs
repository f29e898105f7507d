//! Hiding a call's own secrets in error messages, because servers echo parts of requests.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};

use crate::query;

/// The text that replaces a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Minimum length of a secret that is replaced anywhere. A shorter one is replaced only if it is a separate word,
/// because it would occur in most messages.
const SHORT: usize = 8;

/// The secrets that a call was sent with.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Arc<[SecretString]>);

impl Redactor {
    pub(crate) fn new(secrets: Vec<SecretString>) -> Self {
        Self(secrets.into())
    }

    /// Replaces the secrets in a text.
    pub(crate) fn text(&self, text: &str) -> String {
        self.range(text.as_bytes(), 0..text.len())
    }

    /// Replaces the secrets in a range of a body, including those that only partly overlap with it.
    pub(crate) fn range(&self, body: &[u8], range: Range<usize>) -> String {
        let mut found = self.find(body, &range);
        found.sort_unstable_by_key(|found| found.start);
        let mut shown = Vec::new();
        let mut at = range.start;
        for secret in found {
            if secret.end <= at {
                continue;
            }
            shown.extend_from_slice(&body[at..secret.start.max(at)]);
            shown.extend_from_slice(REDACTED.as_bytes());
            at = secret.end.min(range.end);
        }
        shown.extend_from_slice(&body[at..range.end]);
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Finds the secrets that overlap with a range.
    fn find(&self, body: &[u8], range: &Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for secret in self.0.iter() {
            for form in forms(secret.expose_secret()) {
                let form = form.as_bytes();
                let first = range.start.saturating_sub(form.len() - 1);
                let last = range.end.saturating_add(form.len() - 1).min(body.len());
                let windows = body[first..last].windows(form.len()).enumerate();
                let matches =
                    windows.filter(|(_, window)| *window == form).map(|(at, _)| first + at..first + at + form.len());
                found.extend(matches.filter(|found| form.len() >= SHORT || is_word(body, found)));
            }
        }
        found
    }
}

fn is_word(body: &[u8], found: &Range<usize>) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let before = found.start.checked_sub(1).and_then(|before| body.get(before));
    !is_letter(before) && !is_letter(body.get(found.end))
}

/// Returns the encoded forms in which a secret may be echoed.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        json.get(1..json.len() - 1).unwrap_or_default().to_owned(),
        query::form_text(secret),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(secret),
    ];
    forms.retain(|form| !form.is_empty());
    forms.sort_unstable();
    forms.dedup();
    forms
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redactor").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_in_each_form_and_at_the_ends_of_an_excerpt() {
        let redactor = Redactor::new(vec!["s3cret/\"+".into(), "k".into(), "test".into()]);
        for (text, expected) in [
            ("a s3cret/\"+ b", "a [redacted] b"),
            (r#"{"key":"s3cret/\"+"}"#, r#"{"key":"[redacted]"}"#),
            ("?key=s3cret%2F%22%2B&x=1", "?key=[redacted]&x=1"),
            ("k is a key", "[redacted] is a key"),
            ("the latest contest, test=1", "the latest contest, [redacted]=1"),
            ("s3cret", "s3cret"),
            ("", ""),
        ] {
            assert_eq!(redactor.text(text), expected);
        }
        let body = "a s3cret/\"+ b".as_bytes();
        assert_eq!(redactor.range(body, 0..4), "a [redacted]");
        assert_eq!(redactor.range(body, 5..body.len()), "[redacted] b");
        assert_eq!(redactor.range(body, 4..6), "[redacted]");
        assert_eq!(Redactor::default().range(body, 0..4), "a s3");
    }
}
