//! A document is data: whatever its names and texts are, they stay names and texts.
//!
//! The golden documents are walked again with hostile texts in the place of theirs: once with all of
//! a document's texts replaced, and with single ones, of which a fixed sample is taken.

mod support;
#[path = "support/walk.rs"]
mod walk;

use std::collections::HashSet;
use std::io;
use std::path::Path;

use crm_clients_codegen::fileset::FileSet;
use crm_clients_codegen::{Input, Walk, emit};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::{Map, Value, json};
use walk::{document, documents};

/// What is put in the place of a document's texts.
fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\"; fn evil() {} //",
        "\"#; fn evil() {} /*",
        "*/ fn evil() {} /*",
        "x\nfn evil() {}\n",
        "x\r\n#![no_std]\r\n",
        "```\nfn evil() {}\n```",
        "~~~rust\nfn evil() {}",
        "a\n\n    fn evil() {}\n\n\tfn evil() {}",
        "../../outside",
        "/etc/evil\\..\\evil",
        "nul\0nul",
        "\u{202e}live\u{2066}\u{200b}\u{feff}",
        "$crate::evil!() $(evil)*",
        "{}{evil}{{}}{0}",
        "r#\"evil\"# b'\\'' '\"' \\",
        "`evil` ``evil`` [evil](javascript:evil) <script>",
        "type",
        "Self",
        "",
        " ",
        "\u{301}\u{1f389}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(100_000));
    texts.push("é\"`".repeat(2_000));
    texts
}

/// One text of a document.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Site {
    /// The string at this pointer.
    Value(String),
    /// The last key of this pointer.
    Key(String),
}

/// Keys below which a document names things as it likes.
const NAMING: &[&str] = &[
    "callbacks",
    "content",
    "encoding",
    "examples",
    "headers",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
    "variables",
    "webhooks",
    "x-rust-variants",
    "x-webhooks",
];

/// Keys whose strings are words of OpenAPI or lead somewhere.
const WORDS: &[&str] = &["openapi", "$ref", "type", "in", "style"];

fn sites(node: &Value, pointer: &str, key: &str, named: bool, found: &mut Vec<Site>) {
    match node {
        Value::String(_) if !WORDS.contains(&key) || named => found.push(Site::Value(pointer.to_owned())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                sites(item, &format!("{pointer}/{index}"), key, false, found);
            }
        }
        Value::Object(object) => {
            let names = NAMING.contains(&key) && !named;
            for (key, value) in object {
                let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                if names && !key.is_empty() {
                    found.push(Site::Key(place.clone()));
                }
                sites(value, &place, key, names, found);
            }
        }
        _ => {}
    }
}

/// The document with texts replaced, and its references with them.
struct Replacing<'a> {
    sites: HashSet<Site>,
    text: &'a str,
}

impl Replacing<'_> {
    fn has(&self, site: &Site) -> bool {
        self.sites.contains(site)
    }

    fn node(&self, node: &Value, pointer: &str) -> Value {
        match node {
            Value::String(text) if pointer.ends_with("/$ref") => Value::String(self.reference(text)),
            Value::String(_) if self.has(&Site::Value(pointer.to_owned())) => Value::String(self.text.to_owned()),
            Value::Array(items) => Value::Array(
                items.iter().enumerate().map(|(index, item)| self.node(item, &format!("{pointer}/{index}"))).collect(),
            ),
            Value::Object(object) => {
                let mut out = Map::new();
                for (key, value) in object {
                    let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    let mut key = if self.has(&Site::Key(place.clone())) { self.text.to_owned() } else { key.clone() };
                    // All names at once are not to be one name.
                    if out.contains_key(&key) {
                        key = format!("{key}{}", out.len());
                    }
                    if pointer == "/paths" && !key.starts_with('/') {
                        key.insert(0, '/');
                    }
                    out.insert(key, self.node(value, &place));
                }
                Value::Object(out)
            }
            other => other.clone(),
        }
    }

    fn reference(&self, reference: &str) -> String {
        match reference.strip_prefix('#').filter(|pointer| self.has(&Site::Key((*pointer).to_owned()))) {
            Some(pointer) => {
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                let name = self.text.replace('~', "~0").replace('/', "~1").replace('%', "%25");
                format!("#{parent}/{name}")
            }
            None => reference.to_owned(),
        }
    }
}

/// Walks a document and checks what comes of it. Whether files came of it is returned.
fn survives(value: &Value, what: &str) -> bool {
    let text = value.to_string();
    let read = |_: &str| Ok(text.clone().into_bytes());
    let mut walk = Walk::new();
    let api = walk.ir(&Input { document: "openapi.json", read: &read, overlay: None }, "client");
    let report = walk.report(false);
    assert!(api.is_some() || !report.is_empty(), "{what}: neither files nor a reason");
    assert!(!report.contains(['\0', '\u{202e}', '\u{1b}']), "{what}: {report}");
    let Some(api) = api else { return false };
    check(&emit::client(&api, "mod.rs", "", "fixtures"), what);
    if let Some((_, calls)) =
        Walk::new().calls(&Input { document: "openapi.json", read: &read, overlay: None }, "client")
    {
        check(&calls, what);
    }
    true
}

fn check(files: &FileSet, what: &str) {
    for (path, text) in files.iter() {
        let safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '/' | '.');
        let climbs = path.split('/').any(|part| part.is_empty() || part.starts_with('.')) || path.starts_with('/');
        assert!(path.chars().all(safe) && !climbs && path.len() < 200, "{what}: the path {path:?}");
        let hidden = |character: char| {
            character.is_control() && character != '\n' || ('\u{202a}'..='\u{202e}').contains(&character)
        };
        assert!(!text.contains(hidden), "{what}: hidden characters in {path}");
        let parsed = syn::parse_file(text);
        assert!(
            parsed.is_ok(),
            "{what}: {path} is not Rust: {:?}\n{}",
            parsed.err(),
            text.get(..4_000).unwrap_or(text)
        );
        let tokens = text.parse::<TokenStream>();
        assert!(tokens.is_ok(), "{what}: {path}");
        check_tokens(tokens.unwrap_or_default(), what, path);
    }
}

/// No item is called evil, no attribute is one that the generator does not write, and no
/// documentation opens a block of code, which would be compiled and run as a test.
fn check_tokens(tokens: TokenStream, what: &str, path: &str) {
    const ITEMS: &[&str] = &["fn", "mod", "struct", "enum", "static", "const", "type", "trait", "use", "macro_rules"];
    const ATTRIBUTES: &[&str] =
        &["doc", "derive", "non_exhaustive", "must_use", "allow", "expect", "deprecated", "default", "rustfmt", "cfg"];
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if index > 0 && *ident == "evil" => {
                let before = tokens[index - 1].to_string();
                assert!(!ITEMS.contains(&before.as_str()), "{what}: `{before} evil` in {path}");
            }
            TokenTree::Group(group) => {
                let attribute = index > 0
                    && group.delimiter() == Delimiter::Bracket
                    && matches!(tokens[index - 1].to_string().as_str(), "#" | "!");
                if attribute && tokens[..index].iter().rev().take(2).any(|token| token.to_string() == "#") {
                    check_attribute(group.stream(), ATTRIBUTES, what, path);
                }
                check_tokens(group.stream(), what, path);
            }
            _ => {}
        }
    }
}

fn check_attribute(attribute: TokenStream, known: &[&str], what: &str, path: &str) {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    let name = tokens.first().map(ToString::to_string).unwrap_or_default();
    assert!(known.contains(&name.as_str()), "{what}: the attribute `{name}` in {path}");
    if let ("doc", Some(TokenTree::Literal(literal))) = (name.as_str(), tokens.get(2)) {
        let line = syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|literal| literal.value());
        let line = line.unwrap_or_default();
        let fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let indented = line.starts_with("     ") || line.contains('\t');
        assert!(!fence && !indented && line.len() < 10_000, "{what}: the documentation {line:?} in {path}");
    }
}

fn replaced(value: &Value, sites: impl IntoIterator<Item = Site>, text: &str) -> Value {
    Replacing { sites: sites.into_iter().collect(), text }.node(value, "")
}

/// Each golden document with its texts.
fn subjects() -> io::Result<Vec<(String, Value, Vec<Site>)>> {
    let mut subjects = Vec::new();
    for theme in documents("golden")? {
        let Some(value) = document(&Path::new("golden").join(&theme)).overlaid() else { continue };
        let mut found = Vec::new();
        sites(&value, "", "", false, &mut found);
        subjects.push((theme, value, found));
    }
    Ok(subjects)
}

/// Replaces all of the chosen texts of each document, with every third of the hostile texts: another
/// third for the next document. Says how many documents were walked, and how many came out.
fn replace_all(chosen: fn(&Site) -> bool) -> io::Result<(usize, usize)> {
    let (mut walked, mut came) = (0, 0);
    for (turn, (theme, value, sites)) in subjects()?.into_iter().enumerate() {
        let sites: Vec<Site> = sites.into_iter().filter(chosen).collect();
        for (number, text) in hostile_texts().iter().enumerate().filter(|(number, _)| (number + turn) % 3 == 0) {
            walked += 1;
            came +=
                usize::from(survives(&replaced(&value, sites.clone(), text), &format!("{theme} with text {number}")));
        }
    }
    Ok((walked, came))
}

#[test]
fn all_names_at_once() -> io::Result<()> {
    // Paths keep theirs, as without their parameters they would be refused.
    let (walked, came) = replace_all(|site| matches!(site, Site::Key(place) if !place.starts_with("/paths/")))?;
    assert!(came * 2 > walked, "{came} of {walked} documents came out");
    Ok(())
}

#[test]
fn all_texts_at_once() -> io::Result<()> {
    let (walked, came) = replace_all(
        |site| matches!(site, Site::Value(place) if !place.contains("/x-rust") && !place.contains("/security/")),
    )?;
    assert!(came * 4 > walked, "{came} of {walked} documents came out");
    Ok(())
}

/// Every so many places, one is taken.
const SAMPLE: usize = 11;

#[test]
fn single_texts() -> io::Result<()> {
    let texts = hostile_texts();
    let (mut walked, mut came, mut turn) = (0, 0, 0);
    for (theme, value, sites) in subjects()? {
        for site in sites {
            turn += 1;
            if turn % SAMPLE != 0 {
                continue;
            }
            let number = (turn / SAMPLE) % texts.len();
            let (Site::Value(place) | Site::Key(place)) = &site;
            let what = format!("{theme} with text {number} at {place}");
            walked += 1;
            came += usize::from(survives(&replaced(&value, [site.clone()], &texts[number]), &what));
        }
    }
    assert!(came * 2 > walked, "{came} of {walked} documents came out");
    Ok(())
}

/// More schemas in a row than the stack of a thread holds.
#[test]
fn schemas_that_follow_each_other_without_end_to_speak_of() {
    const SCHEMAS: usize = 600;
    let schema = |number: usize| {
        let next = format!("#/components/schemas/S{}", (number + 1) % SCHEMAS);
        (format!("S{number}"), json!({ "type": "object", "properties": { "next": { "$ref": next } } }))
    };
    let schemas: Map<String, Value> = (0..SCHEMAS).map(schema).collect();
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Long", "version": "1" },
        "paths": { "/a": { "get": { "tags": ["A"], "responses": { "200": {
            "description": "",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S0" } } },
        } } } } },
        "components": { "schemas": schemas },
    });
    assert!(survives(&document, "a long chain"));
}
