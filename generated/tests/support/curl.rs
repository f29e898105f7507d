//! Parsing the curl commands of a vendor's documentation, to compare a client's requests with them.

use serde_json::Value;

use super::{Outcome, Request};

/// Checks that a request matches this curl command: the method, the path and query, each header in the command, and the
/// body byte for byte, except for whitespace between JSON tokens.
pub fn assert_sends(command: &str, request: &Request) -> Outcome {
    let expected = Command::read(command)?;
    expected.assert_head(request);
    assert_eq!(request.text()?, compact(&expected.body), "the body");
    Ok(())
}

/// Like [`assert_sends`], for a vendor whose examples list the members of an object in varying order.
pub fn assert_sends_in_any_order(command: &str, request: &Request) -> Outcome {
    let expected = Command::read(command)?;
    expected.assert_head(request);
    let (sent, written) = (request.text()?, compact(&expected.body));
    let as_value = serde_json::from_str::<Value>;
    assert_eq!(as_value(sent)?, as_value(&written)?, "the body");
    assert_eq!(sent.len(), written.len(), "the bodies {sent} and {written} have as many bytes");
    Ok(())
}

struct Command {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Command {
    fn assert_head(&self, request: &Request) {
        assert_eq!(request.method, self.method, "the method");
        assert_eq!(request.target, self.target, "the path and query");
        for (name, value) in &self.headers {
            assert_eq!(request.header(name), [value.as_str()], "the header {name}");
        }
    }

    fn read(command: &str) -> Outcome<Self> {
        let mut words = words(command)?.into_iter();
        if words.next().as_deref() != Some("curl") {
            return Err("not a curl command".into());
        }
        let mut read = Self { method: "GET".to_owned(), target: String::new(), headers: vec![], body: String::new() };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} without a value"));
            match word.as_str() {
                "-g" => {}
                "-X" => read.method = value()?,
                "-d" => read.body = value()?,
                "-H" => {
                    let header = value()?;
                    let (name, value) = header.split_once(": ").ok_or("a header without a value")?;
                    read.headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                url => {
                    let rest = url.strip_prefix("https://").ok_or_else(|| format!("no URL: {url}"))?;
                    let path = rest.find('/').ok_or("a URL without a path")?;
                    read.target = rest[path..].to_owned();
                }
            }
        }
        Ok(read)
    }
}

/// Splits a command into words like a shell, as far as documentation uses it: quotes and continued lines.
fn words(command: &str) -> Outcome<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = command.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(continued) = rest.strip_prefix("\\\n") {
            rest = continued.trim_start();
            continue;
        }
        let (word, after) = match first {
            '"' | '\'' => rest[1..].split_once(first).ok_or("a quote without an end")?,
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// Removes the whitespace between the tokens of JSON text; order, numbers and escapes are kept.
fn compact(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    json.chars()
        .filter(|&letter| {
            let kept = quoted || !letter.is_ascii_whitespace();
            quoted ^= letter == '"' && !escaped;
            escaped = quoted && letter == '\\' && !escaped;
            kept
        })
        .collect()
}
