//! Finds the operations of a generated crate in the text of its files.
//!
//! The documentation of a method ends with the operation as in the document, and its code uses the constant that
//! describes the request. Both are compared: the path of a constant has no fragment and no declared query parameters,
//! and it has the operators of its parameters' styles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// Returns the operations of a crate, as `GET /pets`. Each has a method, or several if the request body has several
/// types. They are in the files next to the crate's root, one for each resource.
pub fn operations(directory: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory.join("src"))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            found.extend(of_file(&fs::read_to_string(entry.path())?));
        }
    }
    Ok(found)
}

/// Returns the operations of a file. A method whose request differs from its documentation yields an operation that no
/// document contains.
fn of_file(text: &str) -> Vec<String> {
    let constants = constants(text);
    let mut found = Vec::new();
    let mut said = "";
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if let Some(documented) = line.strip_prefix("    /// `") {
            said = documented.trim_matches('`').trim();
        } else if creates_call(line) {
            let Some(name) = named(line, after) else { continue };
            match constants.get(&name) {
                Some((method, path)) if is_sent(said, method, path) => found.push(said.to_owned()),
                Some((method, path)) => found.push(format!("{method} {path} (called {said})")),
                None => found.push(format!("{name} (called {said})")),
            }
        }
    }
    found
}

/// Returns true if a line contains `Call::new(`. Handles of resources may have similar names, `ServiceCall::new(` and
/// `call::Call::new(`.
fn creates_call(line: &str) -> bool {
    let is_other = |letter: char| letter.is_alphanumeric() || letter == ':';
    line.match_indices("Call::new(").any(|(at, _)| !line[..at].ends_with(is_other))
}

/// Returns method and path by the name of the constant. The emitter writes each field on a separate line.
fn constants(text: &str) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    let (mut name, mut method) = ("", "");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("pub(super) const ") {
            name = rest.split(':').next().unwrap_or_default();
        } else if let Some(rest) = line.strip_prefix("    method: Method::") {
            method = rest.trim_end_matches(',');
        } else if let Some(path) = line.strip_prefix("    path: ")
            && let Ok(path) = syn::parse_str::<syn::LitStr>(path.trim_end_matches(','))
        {
            found.insert(name.to_owned(), (method.to_owned(), path.value()));
        }
    }
    found
}

/// Returns the constant with which a call is created, which follows the resource's core: `Call::new(&self.core, LIST,
/// &[])`. The call may span several lines.
fn named(line: &str, after: &str) -> Option<String> {
    let text: String = std::iter::once(line).chain(after.lines().take(3)).flat_map(str::split_whitespace).collect();
    let (_, arguments) = text.split_once("Call::new(&self.core,")?;
    Some(arguments.split(',').next()?.to_owned())
}

/// Returns true if the documented operation matches the method and path of the request.
fn is_sent(said: &str, method: &str, path: &str) -> bool {
    said.split_once(' ').is_some_and(|(said, template)| said == method && before_query(template) == unsigned(path))
}

/// Returns a template up to its query or fragment. A `?` or `#` in braces is part of a name.
fn before_query(template: &str) -> String {
    let mut inside = false;
    let ends = |letter: char| {
        inside = letter == '{' || inside && letter != '}';
        !inside && matches!(letter, '?' | '#')
    };
    unsigned(&template[..template.find(ends).unwrap_or(template.len())])
}

/// Returns a template up to its query, with only names in its braces: `/maps/{;area*}` becomes `/maps/{area}`.
fn unsigned(template: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in template.chars() {
        match letter {
            '{' => inside = true,
            '}' => inside = false,
            '?' if !inside => break,
            '.' | ';' | '*' if inside => continue,
            _ => {}
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: &str = r#"
    /// Lists them.
    ///
    /// `GET /maps/{area}?all=1#top`
    pub fn list(&self) -> Call<()> {
        let mut call = Call::new(
            &self.core,
            LIST,
            &[],
        );
        call
    }

    /// `POST /"a"`
    pub fn post(&self) -> Call<()> {
        Call::new(&self.core, POST, &[])
    }

    /// `DELETE /a`
    #[deprecated]
    pub fn delete(&self) -> Call<()> {
        Call::new(&self.core, POST, &[])
    }
"#;

    const CONSTANTS: &str = r#"
pub(super) const LIST: &Operation<(), ErrorBody> = &Operation {
    name: "maps.list",
    method: Method::GET,
    path: "/maps/{;area*}?all=1",
};

pub(super) const POST: &Operation<(), ErrorBody> = &Operation {
    method: Method::POST,
    path: "/\"a\"",
};
"#;

    #[test]
    fn operations_match_documentation_and_request() {
        let found = of_file(&format!("{CALLS}{CONSTANTS}"));
        assert_eq!(found, ["GET /maps/{area}?all=1#top", "POST /\"a\"", "POST /\"a\" (called DELETE /a)"]);
    }

    #[test]
    fn resources_are_no_calls() {
        for handle in ["service_call::ServiceCall", "super::call::Call"] {
            let found = of_file(&format!(
                "    /// Operations of a resource.\n    pub fn call(&self, id: i64) -> Handle {{\n        {handle}::new(&self.core, id)\n    }}\n",
            ));
            assert_eq!(found, Vec::<String>::new(), "{handle}");
        }
    }

    #[test]
    fn symbols_in_braces_are_part_of_the_name() {
        assert_eq!(before_query("/a/{b#?}/c?d={e}#f"), "/a/{b#?}/c");
        assert!(is_sent("GET /a/{b#?}/c#f", "GET", "/a/{b#?}/c"));
        assert!(!is_sent("GET /a/b", "GET", "/a"));
    }
}
