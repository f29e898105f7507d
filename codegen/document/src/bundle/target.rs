//! Parsing the text of a `$ref`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::origin::split_directory;

/// The target of a reference: a path relative to the main document's directory, and the JSON pointer in that file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) path: String,
    pub(crate) pointer: String,
}

/// The reason why a reference cannot be resolved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TargetError {
    /// It is on a network.
    Remote,
    /// It is a file outside of the main document's directory.
    Outside,
    /// Its fragment is not a JSON pointer.
    Anchor,
    /// It is not UTF-8, or contains control characters.
    Garbled,
}

impl TargetError {
    pub(crate) fn diagnostic(&self, reference: &str, pointer: &str) -> Diagnostic {
        let (code, message, help) = match self {
            Self::Remote => (
                "remote-reference",
                format!("`{reference}` is not a local file"),
                "the generator does not access the network: pass a copy with `--map URL_PREFIX=DIR`, \
                 or put the file next to the document",
            ),
            Self::Outside => (
                "reference-outside",
                format!("`{reference}` is outside of the document's root directory"),
                "pass a directory that contains both with `--root DIR`, and use `/` as the separator of the path",
            ),
            Self::Anchor => (
                "unknown-reference",
                format!("`{reference}` has no JSON pointer after its `#`"),
                "refer to a node by its pointer, such as `#/components/schemas/Name`",
            ),
            Self::Garbled => {
                ("unknown-reference", format!("invalid reference `{reference}`"), "it must be percent-encoded UTF-8")
            }
        };
        Diagnostic::new(Severity::Error, code, pointer, message, help)
    }
}

impl Target {
    /// Parses a `reference` in the file at `base`.
    pub(crate) fn parse(reference: &str, base: &str) -> Result<Self, TargetError> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let pointer = decode(fragment)?;
        // Some documents use `file.yaml#/` for the whole file.
        let pointer = if pointer == "/" { String::new() } else { pointer };
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(TargetError::Anchor);
        }
        if file.is_empty() {
            return Ok(Self { path: base.into(), pointer });
        }
        if is_remote(file) {
            return Err(TargetError::Remote);
        }
        // An absolute path is one of a server whose directory is the root.
        let (directory, file) = match file.strip_prefix('/') {
            Some(file) => ("", file),
            None => (split_directory(base).0, file),
        };
        let file = decode(file)?;
        // On Windows, a colon separates a drive or a stream.
        if file.starts_with('/') || file.contains(['\\', ':']) {
            return Err(TargetError::Outside);
        }
        let mut parts = Vec::new();
        for part in directory.split('/').chain(file.split('/')) {
            match part {
                "" | "." => {}
                ".." => _ = parts.pop().ok_or(TargetError::Outside)?,
                part => parts.push(part),
            }
        }
        Ok(Self { path: parts.join("/"), pointer })
    }

    /// Parses a `reference` to a network in the file at `base`; `None` if it is a file path.
    ///
    /// For example, `b.yaml#/A` at `https://acme.example/x/a.yaml` is `/A` of `https://acme.example/x/b.yaml`.
    pub(super) fn parse_url(reference: &str, base: &str) -> Result<Option<Self>, TargetError> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let (url, path) = match (is_remote(file), is_remote(base)) {
            (true, _) => (file, ""),
            (false, true) => (base, file),
            (false, false) => return Ok(None),
        };
        let start = url.find("://").map(|at| at + 3).ok_or(TargetError::Remote)?;
        let host = url[start..].find('/').map(|at| start + at + 1).ok_or(TargetError::Remote)?;
        let place = if path.is_empty() { "" } else { &url[host..] };
        let path = if path.is_empty() { url[host..].trim_start_matches('/') } else { path };
        // Resolved like a file path, so that `..` does not leave the host.
        let target = Self::parse(&format!("{path}#{fragment}"), place)?;
        Ok(Some(Self { path: format!("{}{}", &url[..host], target.path), pointer: target.pointer }))
    }

    /// Returns a component name for the target: its own name, or that of its file.
    pub(super) fn name(&self) -> String {
        let token = crate::diagnostic::tokens(&self.pointer).next_back().unwrap_or_else(|| {
            let (_, file) = split_directory(&self.path);
            file.split('.').next().unwrap_or_default().to_owned()
        });
        component_name(&token)
    }

    /// Returns component names for the target, the shortest first: its own name, then with directories in front of it.
    ///
    /// For example, `requests/login/body.yaml` is `body`, `login_body` or `requests_login_body`.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = vec![self.name()];
        let (directory, _) = split_directory(&self.path);
        for part in directory.rsplit('/').filter(|part| !part.is_empty() && !part.contains(':')) {
            let longer = names.last().map(|name| format!("{}_{name}", component_name(part)));
            names.extend(longer);
        }
        names
    }
}

/// Returns a name with the numbers from 2: `Pet2`, `Pet3`.
pub(crate) fn numbered(name: &str) -> impl Iterator<Item = String> {
    (2_usize..).map(move |number| format!("{name}{number}"))
}

/// Replaces the characters that OpenAPI does not allow in a component's name.
fn component_name(text: &str) -> String {
    text.chars().map(|char| if char.is_ascii_alphanumeric() || "._-".contains(char) { char } else { '_' }).collect()
}

/// Returns true if a text is a URL or looks like one.
pub(super) fn is_remote(file: &str) -> bool {
    let scheme = |scheme: &str| {
        scheme.len() > 1 && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
    };
    file.starts_with("//") || file.split_once(':').is_some_and(|(before, _)| scheme(before))
}

/// Returns the reference for a pointer within a document, percent-encoded where a URI requires it.
///
/// For example, `/paths/~1pets~1{id}` becomes `#/paths/~1pets~1%7Bid%7D`.
pub(crate) fn encode_pointer(pointer: &str) -> String {
    let mut out = String::with_capacity(pointer.len() + 1);
    out.push('#');
    for byte in pointer.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            _ if b"/?:@-._~!$&'()*+,;=".contains(&byte) => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Decodes percent-encoding.
fn decode(text: &str) -> Result<String, TargetError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(TargetError::Garbled);
        bytes.push(match byte {
            b'%' => (digit(rest.next())? * 16 + digit(rest.next())?) as u8,
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| TargetError::Garbled)?;
    if text.chars().any(char::is_control) { Err(TargetError::Garbled) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(path: &str, pointer: &str) -> Result<Target, TargetError> {
        Ok(Target { path: path.into(), pointer: pointer.into() })
    }

    #[test]
    fn references_are_relative_to_their_file() {
        for (reference, base, path, pointer) in [
            ("#/a", "api.yaml", "api.yaml", "/a"),
            ("#", "x/b.yaml", "x/b.yaml", ""),
            ("common.yaml#/a~1b/%7Bid%7D", "api.yaml", "common.yaml", "/a~1b/{id}"),
            ("./x.json#/definitions/A", "s/Pet.yaml", "s/x.json", "/definitions/A"),
            ("../x.json", "s/Pet.yaml", "x.json", ""),
            ("a/../b//./c%20d.yaml#", "api.yaml", "b/c d.yaml", ""),
            ("%61.yaml", "api.yaml", "a.yaml", ""),
            ("/etc/passwd#/a", "s/Pet.yaml", "etc/passwd", "/a"),
        ] {
            assert_eq!(Target::parse(reference, base), target(path, pointer), "{reference} in {base}");
        }
    }

    #[test]
    fn nothing_outside_the_directory_is_referred_to() {
        for (reference, fault) in [
            ("https://a.example/x.yaml#/A", TargetError::Remote),
            ("//a.example/x.yaml", TargetError::Remote),
            ("file:///etc/passwd", TargetError::Remote),
            ("urn:x:y", TargetError::Remote),
            ("%2Fetc/passwd", TargetError::Outside),
            ("/../x.yaml", TargetError::Outside),
            ("/%2Fetc/passwd", TargetError::Outside),
            ("../x.yaml", TargetError::Outside),
            ("a/../../x.yaml", TargetError::Outside),
            ("%2e%2E/x.yaml", TargetError::Outside),
            ("..%2fx.yaml", TargetError::Outside),
            ("..\\x.yaml", TargetError::Outside),
            ("a%5c..%5cx.yaml", TargetError::Outside),
            ("c:x.yaml", TargetError::Outside),
            ("#Pet", TargetError::Anchor),
            ("x.yaml#Pet", TargetError::Anchor),
            ("x%00.yaml", TargetError::Garbled),
            ("x%ff.yaml", TargetError::Garbled),
            ("x%.yaml", TargetError::Garbled),
            ("x%+1.yaml", TargetError::Garbled),
        ] {
            assert_eq!(Target::parse(reference, "api.yaml"), Err(fault), "{reference}");
        }
    }

    #[test]
    fn components_are_named_after_what_they_are() {
        let name = |path: &str, pointer: &str| Target { path: path.into(), pointer: pointer.into() }.name();
        assert_eq!(name("common.yaml", "/components/schemas/Money"), "Money");
        assert_eq!(name("schemas/Pet.v1.yaml", ""), "Pet");
        assert_eq!(name("x.yaml", "/paths/~1a b/ö"), "_");
        assert_eq!(name("x.yaml", "/paths/~1a b"), "_a_b");
        let body = Target { path: "api/requests/log in/body.yaml".into(), pointer: String::new() };
        assert_eq!(body.names(), ["body", "log_in_body", "requests_log_in_body", "api_requests_log_in_body"]);
    }
}
