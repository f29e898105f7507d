//! Documents are data: hostile names and texts remain names and texts.
//!
//! Every string of the golden documents is replaced by hostile ones, all strings of a document at once, and equal
//! strings by the same one. If the document is rejected then, fewer strings are replaced, down to single ones, so that
//! a rejection does not hide other strings.

#[path = "support/compiles.rs"]
mod compiles;
#[path = "support/diff.rs"]
mod diff;
#[path = "support/documentation.rs"]
mod documentation;
#[path = "support/emitted.rs"]
mod emitted;
#[path = "support/invariants.rs"]
mod invariants;
mod support;
#[path = "support/walk.rs"]
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use compiles::Items;
use crm_clients_review::diff::join;
use invariants::{client, walking};
use serde_json::{Map, Value, json};
use walk::{document, documents};

/// Returns the replacements for a document's texts.
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
        "com1",
        "LPT1",
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

/// Texts that are code, HTML or links to items if they are parsed as Markdown.
const MARKDOWN: &[&str] = &[
    "Reads.\n\n-     std::process::exit(41);",
    "1)     std::process::exit(41);",
    "* *     std::process::exit(41);",
    "> +     std::process::exit(41);",
    "-\tstd::process::exit(41);\n-\t\tstd::process::exit(41);",
    "x\n===\n    std::process::exit(41);",
    "[x]: y\n    std::process::exit(41);",
    "[^1]: x\n\n        std::process::exit(41);",
    "| a |\n|---|\n| b |\n    std::process::exit(41);",
    "a&#10;&#10;&#32;&#32;&#32;&#32;std::process::exit(41);",
    "x\r\r\tstd::process::exit(41);",
    "- a\n\n  ~~~rust,no_run\n  std::process::exit(41);",
    "`` x\n\n    std::process::exit(41);",
    "[evil] [evil](crate::evil) [`evil`][evil] [evil]: evil",
    "<!-- <pre> https://evil.example/a_b <evil@evil.example> List<Evil>",
];

/// Keys with members whose names are chosen by the document.
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

/// Keys whose strings are defined by OpenAPI or are references.
const WORDS: &[&str] = &["openapi", "$ref", "type", "in", "style"];

/// The position of a node, which determines if its strings and its keys are chosen by the document.
#[derive(Clone, Copy)]
struct Place<'a> {
    key: &'a str,
    named: bool,
}

impl<'a> Place<'a> {
    const TOP: Self = Place { key: "", named: false };

    fn has_own_text(self) -> bool {
        self.named || !WORDS.contains(&self.key)
    }

    fn has_own_keys(self) -> bool {
        !self.named && NAMING.contains(&self.key)
    }

    fn member<'k>(self, key: &'k str) -> Place<'k> {
        Place { key, named: self.has_own_keys() }
    }

    fn item(self) -> Self {
        Place { named: false, ..self }
    }
}

/// Collects the strings that are chosen by the document.
fn strings(node: &Value, place: Place<'_>, found: &mut BTreeSet<String>) {
    match node {
        Value::String(text) if place.has_own_text() => _ = found.insert(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, place.item(), found)),
        Value::Object(members) => {
            for (key, member) in members {
                if place.has_own_keys() {
                    found.insert(key.clone());
                }
                strings(member, place.member(key), found);
            }
        }
        _ => {}
    }
}

/// The replacements by original string.
type Texts = BTreeMap<String, String>;

/// Returns the document with replaced strings, including references to renamed parts.
fn replaced(node: &Value, place: Place<'_>, texts: &Texts) -> Value {
    match node {
        Value::String(text) if place.key == "$ref" && !place.named => reference(text, texts).into(),
        Value::String(text) if place.has_own_text() => texts.get(text).unwrap_or(text).clone().into(),
        Value::Array(items) => items.iter().map(|item| replaced(item, place.item(), texts)).collect(),
        Value::Object(members) => {
            let mut out = Map::new();
            for (key, member) in members {
                let mut name = match texts.get(key).filter(|_| place.has_own_keys()) {
                    Some(text) if place.key == "paths" => path(key, text, texts),
                    Some(text) => text.clone(),
                    None => key.clone(),
                };
                // Different names must remain different.
                if out.contains_key(&name) {
                    name = format!("{name}{}", out.len());
                }
                out.insert(name, replaced(member, place.member(key), texts));
            }
            out.into()
        }
        other => other.clone(),
    }
}

/// Replaces a path, but keeps its parameters under any names, because it would be rejected without them.
fn path(was: &str, text: &str, texts: &Texts) -> String {
    let parameters = was.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let named = |name: &str| format!("/{{{}}}", texts.get(name).map_or(name, String::as_str));
    format!("/{text}{}", parameters.map(named).collect::<String>())
}

fn reference(was: &str, texts: &Texts) -> String {
    let Some(pointer) = was.strip_prefix("#/") else { return was.to_owned() };
    let mut place = Place::TOP;
    let mut out = String::from("#");
    for token in pointer.split('/') {
        let name = token.replace("~1", "/").replace("~0", "~");
        let text = texts.get(&name).filter(|_| place.has_own_keys());
        let text = text.map(|text| text.replace('~', "~0").replace('/', "~1").replace('%', "%25"));
        out = format!("{out}/{}", text.as_deref().unwrap_or(token));
        place = Place { key: token, named: place.has_own_keys() };
    }
    out
}

/// A golden document, the strings that it chooses, and the number of items in its client.
struct Subject {
    theme: String,
    document: Value,
    strings: Vec<String>,
    items: Items,
}

fn subjects() -> io::Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    for theme in documents("golden")? {
        let Some(document) = document(&Path::new("golden").join(&theme)).overlaid() else { continue };
        let Some(items) = client(document.to_string().as_bytes()) else { continue };
        let mut found = BTreeSet::new();
        strings(&document, Place::TOP, &mut found);
        subjects.push(Subject { theme, document, strings: found.into_iter().collect(), items });
    }
    Ok(subjects)
}

/// A function that generates output from a document and returns the items of its client.
type Make = fn(&[u8]) -> Option<Items>;

/// Strings and their replacements.
type Pairs<'t> = [(&'t str, &'t str)];

impl Subject {
    fn with(&self, texts: impl Iterator<Item = (String, String)>) -> Vec<u8> {
        replaced(&self.document, Place::TOP, &texts.collect()).to_string().into_bytes()
    }

    /// Replaces strings; if the document is rejected, replaces each half of them separately. Returns the number of
    /// replaced strings.
    fn replace(&self, pairs: &Pairs<'_>, make: Make) -> usize {
        let shown: Vec<_> = pairs.iter().map(|(was, text)| (was, text.get(..40).unwrap_or(text))).collect();
        // Shown if the test fails.
        println!("{}: {shown:?}", self.theme);
        match make(&self.with(pairs.iter().map(|(was, text)| ((*was).to_owned(), (*text).to_owned())))) {
            Some(items) => {
                self.compare(&items, pairs);
                pairs.len()
            }
            None if pairs.len() < 2 => 0,
            None => {
                let (one, other) = pairs.split_at(pairs.len() / 2);
                self.replace(one, make) + self.replace(other, make)
            }
        }
    }

    /// Checks that the number of items does not increase. A meaningful string, such as a format, may have saved items;
    /// then the number is compared with that for harmless names.
    fn compare(&self, items: &Items, pairs: &Pairs<'_>) {
        // Texts determine if a choice is an enum or a hierarchy, and which resources share a handle, so a tolerance of
        // ten percent is allowed. Text that became code would also be found by its name.
        let total = |items: &Items| items.counts.values().sum::<usize>();
        let is_within = |limit: &Items| total(items) * 10 <= total(limit) * 11;
        if !is_within(&self.items) {
            // An empty text is equivalent to none, and one without letters yields no name, so that a default is used.
            let harmless = |(index, (was, text)): (usize, &(&str, &str))| {
                let harmless = match text.contains(char::is_alphanumeric) {
                    // These characters have a meaning in paths.
                    true => format!("name{index}{}", text.replace(|sign| !"{}/#".contains(sign), "")),
                    false if text.is_empty() => String::new(),
                    false => " ".repeat(index + 1),
                };
                ((*was).to_owned(), harmless)
            };
            let harmless = client(&self.with(pairs.iter().enumerate().map(harmless))).unwrap_or_default();
            assert!(is_within(&harmless), "{:?} instead of {:?}", items.counts, harmless.counts);
        }
    }
}

/// Replaces each string of each document by one of the texts, with different texts in each round and in the next
/// document, since documents share many strings. Returns the number of strings, and the number of replaced ones.
fn round<T: AsRef<str> + Sync>(number: usize, texts: &[T], subjects: &[Subject], make: Make) -> (usize, usize) {
    let replace = |(turn, subject): (usize, &Subject)| {
        let text = |index: usize| texts[(index + turn + number) % texts.len()].as_ref();
        let pairs: Vec<_> =
            subject.strings.iter().enumerate().map(|(index, was)| (was.as_str(), text(index))).collect();
        (pairs.len(), subject.replace(&pairs, make))
    };
    let every_second = |first: usize| {
        let counts = subjects.iter().enumerate().skip(first).step_by(2).map(replace);
        counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
    };
    let (even, odd) = join(|| every_second(0), || every_second(1));
    (even.0 + odd.0, even.1 + odd.1)
}

#[test]
fn strings_are_never_code() -> io::Result<()> {
    let (replaced, came) = round(0, &hostile_texts(), &subjects()?, walking);
    assert!(replaced > 1_500 && came * 4 > replaced * 3, "{came} of {replaced} strings were accepted");
    Ok(())
}

/// The documentation of generated code contains no code that runs, no HTML and no links to items.
#[test]
fn documentation_is_never_markup() -> io::Result<()> {
    let subjects = subjects()?;
    for number in 0..3 {
        let (replaced, came) = round(number, MARKDOWN, &subjects, client);
        assert!(came * 4 > replaced * 3, "{came} of {replaced} strings were accepted in round {number}");
    }
    Ok(())
}

#[test]
#[ignore = "it takes minutes: cargo test --release -p crm-clients-checks --test hostile -- --ignored"]
fn strings_are_never_code_for_any_text() -> io::Result<()> {
    let subjects = subjects()?;
    let texts = hostile_texts();
    for number in 1..texts.len() {
        let (replaced, came) = round(number, &texts, &subjects, walking);
        assert!(came * 2 > replaced, "{came} of {replaced} strings were accepted in round {number}");
    }
    Ok(())
}

/// A chain of schemas that is longer than the stack of a thread allows.
#[test]
fn long_chains_of_schemas() {
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
    assert!(walking(document.to_string().as_bytes()).is_some());
}

/// Returns a document with these schemas, of which an operation returns the first.
fn answering(schemas: Map<String, Value>) -> String {
    let first = schemas.keys().next().map(|name| format!("#/components/schemas/{name}"));
    let content = json!({ "application/json": { "schema": { "$ref": first } } });
    let operation = json!({ "requestBody": { "content": content }, "responses": { "200": { "description": "", "content": content } } });
    let info = json!({ "title": "Zoo", "version": "1" });
    json!({ "openapi": "3.0.3", "info": info, "paths": { "/a": { "post": operation } }, "components": { "schemas": schemas } })
        .to_string()
}

/// Recursive choices of schemas, in all small combinations.
#[test]
fn recursive_choices_terminate() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let object = json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string" } } });
    let with = |mut schema: Value, key: &str, value: Value| {
        schema[key] = value;
        schema
    };
    let own = |property: &str| json!({ "type": "object", "properties": { property: { "type": "integer" } } });
    let child = |parent: &str, property: &str| json!({ "allOf": [reference(parent), own(property)] });
    let by_kind = json!({ "propertyName": "kind" });
    for choice in ["oneOf", "anyOf"] {
        let parent = with(object.clone(), choice, json!([reference("Fish"), reference("Bird")]));
        for parent in [parent.clone(), with(parent.clone(), "discriminator", by_kind.clone())] {
            for parent in
                [parent.clone(), json!({ "allOf": [parent.clone()] }), json!({ "allOf": [own("age"), parent] })]
            {
                let schemas =
                    [("Animal", parent), ("Fish", child("Animal", "fins")), ("Bird", child("Animal", "wings"))];
                let schemas = schemas.map(|(name, schema)| (name.to_owned(), schema));
                assert!(walking(answering(schemas.into_iter().collect()).as_bytes()).is_some());
            }
        }
        for leads_to in [vec!["A"], vec!["B"], vec!["A", "B"], vec!["B", "C"], vec!["A", "B", "C"]] {
            for discriminator in [None, Some(&by_kind)] {
                let schema = |index: usize| {
                    let mut schema =
                        with(object.clone(), choice, leads_to.iter().map(|name| reference(name)).collect());
                    schema["properties"][format!("p{index}")] = json!({ "type": "string" });
                    if let Some(discriminator) = discriminator {
                        schema["discriminator"] = discriminator.clone();
                    }
                    schema
                };
                let schemas =
                    ["A", "B", "C"].iter().enumerate().map(|(index, name)| ((*name).to_owned(), schema(index)));
                assert!(walking(answering(schemas.collect()).as_bytes()).is_some());
            }
        }
    }
}

/// Thirty nested choices, each next to properties, have a billion combinations.
#[test]
fn nested_choices_do_not_multiply_without_bound() {
    let schema = |level: usize, side: &str, discriminator: bool| {
        let mut schema =
            json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string" } } });
        schema["properties"][format!("{side}{level}")] = json!({ "type": "string" });
        if level < 30 {
            let next = ["L", "R"].map(|side| json!({ "$ref": format!("#/components/schemas/{side}{}", level + 1) }));
            schema["oneOf"] = next.into_iter().collect();
            if discriminator {
                schema["discriminator"] = json!({ "propertyName": "kind" });
            }
        }
        (format!("{side}{level}"), schema)
    };
    for discriminator in [false, true] {
        let schemas = (0..=30).flat_map(|level| ["L", "R"].map(|side| schema(level, side, discriminator)));
        assert!(client(answering(schemas.collect()).as_bytes()).is_some());
    }
}
