//! The `load` pass with valid and invalid texts. For golden files, see `support::golden`.

mod support;

use std::io;

use crm_clients_document::diagnostic::{Diagnostics, render};
use crm_clients_document::load::{MAX_DEPTH, load};
use crm_clients_document::origin::SourceMap;
use serde_json::{Value, json};
use support::golden;

/// Loads one text, and renders its diagnostics.
fn loaded(name: &str, text: &[u8]) -> (Option<Value>, Diagnostics, String) {
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let read = |path: &str| match name.ends_with(path) {
        true => Ok(text.to_vec()),
        false => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    let value = load(name, &read, &mut documents, &mut diagnostics);
    let shown = render(&diagnostics, &documents, false);
    (value, diagnostics, shown)
}

fn codes(text: &[u8]) -> Vec<&'static str> {
    let (value, diagnostics, _) = loaded("dir/api.yaml", text);
    assert_eq!(value.is_none(), diagnostics.has_errors());
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn value(text: &str) -> Value {
    let (value, diagnostics, shown) = loaded("api.yaml", text.as_bytes());
    assert!(diagnostics.is_empty(), "{shown}");
    value.unwrap_or_default()
}

#[test]
fn yaml_and_json_are_equivalent() {
    let yaml = "openapi: 3.1.0\npaths: {}\ninfo:\n  title: A\n  x-list: [1, -2, 3.5, true, null, no, 2026-01-01]\n";
    let json = r#"{"openapi": "3.1.0", "paths": {}, "info": {"title": "A", "x-list": [1, -2, 3.5, true, null, "no", "2026-01-01"]}}"#;
    assert_eq!(value(yaml), value(json));
    let keys: Vec<_> = value(yaml).as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    assert_eq!(keys, ["openapi", "paths", "info"]);
}

#[test]
fn yaml_keys_are_strings() {
    let text =
        "openapi: 3.0.3\nresponses: {200: a, 0200: b, 1.0: c, true: d, null: e, ~: f, 'x': g, 2XX: h, 0x1F: i}\n";
    let keys: Vec<_> =
        value(text)["responses"].as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    assert_eq!(keys, ["200", "0200", "1.0", "true", "null", "~", "x", "2XX", "0x1F"]);
}

#[test]
fn aliases_merge_keys_and_tags_are_applied() {
    let text = "openapi: 3.0.3\nbase: &base {a: 1, b: 2}\nmore: &more {b: 9, c: 3}\n\
                one: {<<: *base, b: 0}\ntwo:\n  <<: [*base, *more]\nthree: !mine {k: !!str 1}\nfour: *base\n";
    let value = value(text);
    assert_eq!(value["one"], json!({"b": 0, "a": 1}));
    assert_eq!(value["two"], json!({"a": 1, "b": 2, "c": 3}));
    assert_eq!(value["three"], json!({"k": "1"}));
    assert_eq!(value["four"], json!({"a": 1, "b": 2}));
    assert_eq!(codes(b"openapi: 3.0.3\na: {<<: 1}\n"), ["wrong-merge-key"]);
    assert_eq!(loaded("a.json", br#"{"openapi": "3.0.3", "<<": 1}"#).0, Some(json!({"openapi": "3.0.3", "<<": 1})));
}

#[test]
fn numbers_keep_their_value() {
    let value =
        value("openapi: 3.0.3\nn: [18446744073709551615, -9223372036854775808, 36893488147419103232, 1e3, 0.1]\n");
    assert_eq!(value["n"], json!([u64::MAX, i64::MIN, 36893488147419103232.0, 1000.0, 0.1]));
    let infinite = "openapi: 3.0.3\na: .nan\nb: [-.inf]\n";
    assert_eq!(codes(infinite.as_bytes()), ["not-finite", "not-finite"]);
    let read = loaded("api.yaml", infinite.as_bytes()).0;
    assert_eq!(read, Some(json!({"openapi": "3.0.3", "a": null, "b": [null]})));
    assert_eq!(codes(br#"{"openapi": "3.0.3", "a": 1e999}"#), ["not-json"]);
}

#[test]
fn versions_are_checked() {
    for (version, read) in [("3.0.0", "3.0.0"), ("3.1.1", "3.1.1"), ("3.2.0", "3.2.0"), ("'3.1'", "3.1")] {
        assert_eq!(value(&format!("openapi: {version}\n"))["openapi"], read);
    }
    assert_eq!(value("swagger: '2.0'\n")["swagger"], "2.0");
    for (field, version, read) in [
        ("openapi", "3.0", "3.0.0"),
        ("openapi", "3.1", "3.1.0"),
        ("openapi", "3.2", "3.2.0"),
        ("swagger", "2.0", "2.0"),
        ("swagger", "2", "2.0"),
    ] {
        let text = format!("{field}: {version}\n");
        let (value, diagnostics, shown) = loaded("api.yaml", text.as_bytes());
        assert_eq!(value.unwrap_or_default()[field], read);
        assert!(diagnostics.iter().map(|found| found.code).eq(["wrong-type"]), "{shown}");
    }
    for version in ["3.3.0", "3.3", "2.0", "3", "'3'", "3.10.0"] {
        assert_eq!(codes(format!("openapi: {version}\n").as_bytes()), ["unknown-value"], "{version}");
    }
    for version in ["4.0.0", "[]", "null"] {
        assert_eq!(codes(format!("openapi: {version}\n").as_bytes()), ["unsupported-openapi"], "{version}");
    }
    assert_eq!(codes(b"swagger: '1.2'\ninfo: {}\n"), ["unsupported-openapi"]);
    assert_eq!(codes(b"info: {}\n"), ["not-openapi"]);
}

#[test]
fn texts_that_are_not_documents_are_errors() {
    for (text, code) in [
        (&b""[..], "empty-document"),
        (b" \n\t\n", "empty-document"),
        (b"# only a comment\n", "empty-document"),
        (b"hello\n", "not-a-mapping"),
        (b"[1, 2]", "not-a-mapping"),
        (b"openapi: '3.0.3'\ntitle: \xe9\n", "not-utf8"),
        (b"\xff\xfeo\0p\0", "not-utf8"),
        (b"\x7fELF\x02\x01\x01\0\0", "not-yaml"),
        (b"a: b: c\n", "not-yaml"),
        (b"a: [1\nb: 2\n", "not-yaml"),
        (b"a: *nowhere\n", "not-yaml"),
        (b"openapi: 3.0.3\n---\nopenapi: 3.0.3\n", "not-yaml"),
        (b"? {a: 1}\n: 2\n", "not-yaml"),
        (b"{\"openapi\": \"3.0.3\",\n \"info\": {,}}", "not-json"),
        (b"{\"openapi\": \"3.0.3\", // the version\n \"info\": {}}", "not-json"),
        (b"// an API\n{\"openapi\": \"3.0.3\"}", "not-json"),
        (b"{\"openapi\": /* the version */ \"3.0.3\", \"a\": \"http://a\\\"//\"}", "not-json"),
        (b"{\"openapi\": \"3.0.3\"", "not-json"),
    ] {
        assert_eq!(codes(text), [code], "{}", loaded("a", text).2);
    }
}

#[test]
fn byte_order_marks_are_skipped() {
    assert!(loaded("a.yaml", b"\xef\xbb\xbfopenapi: 3.0.3\n").0.is_some());
    assert!(loaded("a.json", b"\xef\xbb\xbf{\"openapi\": \"3.0.3\"}").0.is_some());
}

#[test]
fn yaml_documents_may_be_flow_mappings() {
    assert!(loaded("a.yaml", b"{openapi: 3.0.3, info: {}}\n").0.is_some());
}

#[test]
fn depth_is_limited_on_a_small_stack() {
    let deep = |depth: usize, open: &str, close: &str| {
        format!("{{\"openapi\": \"3.0.3\", \"x\": {}1{}}}", open.repeat(depth), close.repeat(depth))
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        assert!(loaded("a.json", deep(MAX_DEPTH - 2, "[", "]").as_bytes()).0.is_some());
        for depth in [MAX_DEPTH, 4_000, 100_000] {
            assert_eq!(codes(deep(depth, "[", "]").as_bytes()), ["too-deep"], "{depth}");
            assert_eq!(codes(deep(depth, "{\"a\":", "}").as_bytes()), ["too-deep"], "{depth}");
            assert_eq!(codes(format!("x: {}", "[".repeat(depth)).as_bytes()).len(), 1);
            assert_eq!(codes(format!("x:\n{}1", "- ".repeat(depth)).as_bytes()), ["too-deep"], "{depth}");
        }
    });
    assert!(thread.map(|thread| thread.join().is_ok()).unwrap_or_default());
}

#[test]
fn alias_bombs_are_errors() {
    let mut laughs = String::from("openapi: 3.0.3\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..9 {
        laughs += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    assert_eq!(codes(laughs.as_bytes()), ["alias-bomb"]);
    // The text is not nested, and thus within the parser's own limit.
    let wide = format!("openapi: 3.0.3\na: &a [{}]\nb: [{}]\n", "1, ".repeat(20_000), "*a, ".repeat(5_000));
    assert_eq!(codes(wide.as_bytes()), ["alias-bomb"]);
    let long = format!("openapi: 3.0.3\na: &a {}\nb: [{}]\n", "x".repeat(50_000), "*a, ".repeat(5_000));
    assert_eq!(codes(long.as_bytes()), ["alias-bomb"]);
    assert_eq!(codes(b"openapi: 3.0.3\na: &a [*a]\n").len(), 1);
}

#[test]
fn several_errors_are_reported_at_once() {
    let text = "openapi: 3.0.3\n\
                info:\n  title: A\n  version: '1'\n  title: B\n\
                paths:\n  /a/{b}:\n    get: {}\n    post:\n      x-max: .inf\n  /a/{b}: {}\n";
    golden("front/load/several.txt", &loaded("specs/demo/openapi.yaml", text.as_bytes()).2);
}

#[test]
fn errors_are_shown_at_their_location() {
    let minified = format!(
        "{{\"openapi\":\"3.3.0\",\"x-a\":\"{}\",\"a\":1,\"é\\u00e9\":[true],\"a\":2,\"b\":\"{}\"}}",
        "é".repeat(300),
        "b".repeat(300)
    );
    let cases: &[(&str, &[u8])] = &[
        ("syntax.yaml", b"openapi: 3.0.3\ninfo:\n\ttitle: x\n"),
        ("quote.yaml", b"openapi: 3.0.3\ninfo:\n  title: \"x\n"),
        ("syntax.json", b"{\n  \"openapi\": \"3.0.3\",\n  \"info\": {,}\n}\n"),
        ("cut.json", b"{\n  \"openapi\": \"3.0.3\",\n  \"info\": {"),
        ("latin1.yaml", b"openapi: 3.0.3\ninfo:\n  title: caf\xe9\n"),
        ("empty.yaml", b""),
        ("list.yaml", b"- openapi\n"),
        ("swagger.json", b"{\n  \"swagger\": \"1.2\"\n}"),
        ("other.yaml", b"name: something\nversion: 1\n"),
        ("future.yaml", b"openapi: 3.3.0 # the newest\n"),
        ("minified.json", minified.as_bytes()),
        (
            "escape.yaml",
            "openapi: 3.0.3\n\"\\e[31m\": 1\n\"\\e[31m\": 2\n\"\u{202e}x\": 1\n\"\u{202e}x\": 1\n".as_bytes(),
        ),
        ("bomb.yaml", b"openapi: 3.0.3\na: &a [*a]\n"),
    ];
    let shown: String = cases.iter().map(|(name, text)| loaded(name, text).2).collect();
    golden("front/load/places.txt", &shown);
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));
}

#[test]
fn unreadable_files_are_errors() {
    let (mut documents, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let read = |_: &str| Err(io::Error::from(io::ErrorKind::NotFound));
    assert!(load("specs/a.yaml", &read, &mut documents, &mut diagnostics).is_none());
    assert_eq!(
        render(&diagnostics, &documents, false),
        "error[unreadable-file]: cannot read `specs/a.yaml`: file not found\n\n"
    );
}
