//! Invariants of emitted files for any document.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeSet;

use crm_clients_generator::fileset::FileSet;
use crm_clients_generator::names;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

use crate::compiles::{self, Items};
use crate::documentation;

/// Checks that every path is within the directory, that every file is plausible Rust, and that it contains only code of
/// the generator. Adds the items of the client; calls must not refer to other types.
pub fn check(files: &FileSet, items: &mut Items) {
    let mut parsed_files = Vec::new();
    let mut paths = BTreeSet::new();
    for (path, text) in files.iter() {
        let safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '/' | '.');
        let climbs = path.split('/').any(|part| part.is_empty() || part.starts_with('.')) || path.starts_with('/');
        assert!(path.chars().all(safe) && !climbs && path.len() < 200, "the path {path:?}");
        let is_device = |part: &str| names::is_device(part.split('.').next().unwrap_or_default());
        assert!(!path.split('/').any(is_device), "Windows device name: {path}");
        assert!(paths.insert(path.to_lowercase()), "two files differ only in case: {path}");
        let hidden = |character: char| {
            character.is_control() && character != '\n' || ('\u{202a}'..='\u{202e}').contains(&character)
        };
        assert!(!text.contains(hidden), "hidden characters in {path}");
        match path {
            "Cargo.toml" => {
                check_manifest(text);
                continue;
            }
            "rustfmt.toml" => {
                assert!(text.starts_with("# ") && text.lines().count() == 2, "{text}");
                continue;
            }
            _ => {}
        }
        if path.ends_with(".md") {
            // Its first line is a comment that the header does not end, and no line of a header begins another.
            assert!(text.lines().next().is_some_and(|line| line.matches("-->").count() == 1), "{text}");
            assert!(!text.lines().any(|line| line.starts_with("fn evil")), "{text}");
            continue;
        }
        let parsed = syn::parse_file(text);
        assert!(parsed.is_ok(), "{path} is not Rust: {:?}\n{}", parsed.err(), text.get(..4_000).unwrap_or(text));
        let Ok(parsed) = parsed else { continue };
        compiles::check(&parsed, path, items);
        parsed_files.push((path, parsed.into_token_stream()));
    }
    items.check();
    for (path, tokens) in parsed_files {
        items.check_names(tokens.clone(), path);
        check_tokens(tokens, path);
    }
}

/// Checks that a manifest has only the tables that the generator writes.
fn check_manifest(text: &str) {
    let tables = text.parse::<toml::Table>();
    assert!(tables.is_ok(), "the manifest: {tables:?}\n{text}");
    let tables = tables.unwrap_or_default();
    let known = ["dependencies", "features", "lib", "package", "workspace"];
    assert!(tables.keys().all(|key| known.contains(&key.as_str())), "{text}");
    assert_eq!(tables["lib"].to_string(), "{ doctest = false }");
}

/// Checks that no item is named evil, that all attributes are written by the generator, and that documentation contains
/// only text that rustdoc does not run.
fn check_tokens(tokens: TokenStream, path: &str) {
    const ITEMS: &[&str] = &["fn", "mod", "struct", "enum", "static", "const", "type", "trait", "use", "macro_rules"];
    const ATTRIBUTES: &[&str] = &[
        "doc",
        "inline",
        "derive",
        "non_exhaustive",
        "must_use",
        "allow",
        "expect",
        "deprecated",
        "default",
        "rustfmt",
        "cfg",
    ];
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut documentation = String::new();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), '#' | '!') => continue,
            TokenTree::Group(group) => match documentation_line(group) {
                Some(line) => documentation.extend([line.strip_prefix(' ').unwrap_or(&line), "\n"]),
                None => check_documentation(&std::mem::take(&mut documentation), path),
            },
            _ => check_documentation(&std::mem::take(&mut documentation), path),
        }
        match token {
            TokenTree::Ident(ident) if index > 0 && *ident == "evil" => {
                let before = tokens[index - 1].to_string();
                // A method may have this name, which is the last word of an `operationId`. The hostile functions have
                // no arguments.
                let is_method = tokens.get(index + 1).is_some_and(|group| group.to_string().contains("self"));
                assert!(is_method || !ITEMS.contains(&before.as_str()), "`{before} evil` in {path}");
            }
            TokenTree::Group(group) => {
                let attribute = index > 0
                    && group.delimiter() == Delimiter::Bracket
                    && matches!(tokens[index - 1].to_string().as_str(), "#" | "!");
                if attribute && tokens[..index].iter().rev().take(2).any(|token| token.to_string() == "#") {
                    check_attribute(group.stream(), ATTRIBUTES, path);
                }
                check_tokens(group.stream(), path);
            }
            _ => {}
        }
    }
}

/// Returns the text of `[doc = "..."]`.
fn documentation_line(attribute: &Group) -> Option<String> {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Literal(literal)] if *name == "doc" => {
            match syn::Lit::new(literal.clone()) {
                syn::Lit::Str(line) => Some(line.value()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The links that the emitter writes into documentation.
const OWN_LINKS: [&str; 3] = [
    "[`runtime::AdditionalProperties`]",
    "[`runtime::Response::warnings`]",
    "[`without_declared`](runtime::CallLimits::without_declared)",
];

fn check_documentation(text: &str, path: &str) {
    let foreign = OWN_LINKS.iter().fold(text.to_owned(), |text, link| text.replace(link, "it"));
    let faults = documentation::faults(&foreign);
    assert!(faults.is_empty() && text.lines().all(|line| line.len() < 10_000), "{faults:?} in {path}:\n{text}");
}

fn check_attribute(attribute: TokenStream, known: &[&str], path: &str) {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    let name = tokens.first().map(ToString::to_string).unwrap_or_default();
    assert!(known.contains(&name.as_str()), "the attribute `{name}` in {path}");
}
