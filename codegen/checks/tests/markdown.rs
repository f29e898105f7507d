//! Rendering of document texts: readable Markdown without any active content.

#[path = "support/documentation.rs"]
mod documentation;

use crm_clients_generator::markdown::{code, name, summary, text};
use documentation::faults;
use fastrand::Rng;

#[test]
fn harmless_markdown_is_kept() {
    for same in [
        "Plain `code` text, snake_case and 2 - 1.",
        "**Scopes:** *read* and ~~write~~",
        "# Title\n\nText\nover lines",
        "- one\n- two\n  - inner\n  - more\n\n1. first\n2. second",
        "- loose\n\n- list\n\n  with two paragraphs",
        "> quoted\n> text\n\n***",
        "| a | b |\n| --- | --: |\n| 1 | `x` |",
        "```text\nlet x = 1;\n\n    indented\n```",
        "See [the docs](https://docs.example/a?b=c&d=e) or <https://docs.example/x_y>.",
        "A hard\\\nbreak, ``a ` tick``, a -> b, C#, 1.5 & more",
    ] {
        assert_eq!(text(same), same);
    }
}

#[test]
fn other_markup_is_escaped() {
    for (given, expected) in [
        ("Reads.\n\n-     std::process::exit(41);", "Reads.\n\n- ```text\n  std::process::exit(41);\n  ```"),
        ("1)     std::process::exit(41);", "1. ```text\n   std::process::exit(41);\n   ```"),
        ("```rust\nfn evil() {}", "```text\nfn evil() {}\n```"),
        ("~~~\n```\n~~~", "````text\n```\n````"),
        ("    indented", "```text\nindented\n```"),
        ("a\n\n\tfn evil() {}", "a\n\n```text\nfn evil() {}\n```"),
        ("[foo] and [bar](baz) and [a]: b", "\\[foo\\] and bar and \\[a\\]: b"),
        ("[foo]: https://a.example\n\n[foo]", "[foo](https://a.example)"),
        ("![picture](https://a.example/b.png)", "[picture](https://a.example/b.png)"),
        ("<b>bold</b> Vec<String>", "\\<b>bold\\</b> Vec\\<String>"),
        ("<script>\nx\n</script>", "\\<script>\nx\n\\</script>"),
        ("https://a.example/b.", "<https://a.example/b>."),
        ("(see https://a.example/b_(c))", "(see <https://a.example/b_(c)>)"),
        ("https://{tenant}.example.com/x", "`https://{tenant}.example.com/x`"),
        ("&#45; a &lt;b&gt; &amp;lt;", "\\- a \\<b> \\&lt;"),
        ("a&#10;&#10;&#32;&#32;&#32;&#32;&#32;b", "a b"),
        ("a\u{202e}b\u{0}c", "abc"),
        ("odd ` tick", "odd \\` tick"),
        ("\\- no list\n\\1. either", "\\- no list\n\\\\1. either"),
        ("a[^1]\n\n[^1]: note", "a\\[^1\\]\n\n\\[^1\\]: note"),
        ("- \n-\n- a", "- a"),
        ("Title\n---\nText", "## Title\n\nText"),
        ("", ""),
    ] {
        assert_eq!(text(given), expected, "{given:?}");
        assert!(faults(expected).is_empty(), "{expected:?}: {:?}", faults(expected));
    }
}

#[test]
fn summaries_are_one_line() {
    for (given, expected) in [
        ("First line\nsecond", "First line"),
        ("\n\n# Title\n\nText", "Title"),
        ("**Bold\nand more** text", "**Bold**"),
        ("```\ncode\n```\n\n- item", "item"),
        ("```\ncode\n```", ""),
        ("", ""),
    ] {
        assert_eq!(summary(given), expected, "{given:?}");
    }
}

#[test]
fn names_are_one_line() {
    assert_eq!(name("a\r\n*b*  [c]"), "a \\*b\\* \\[c\\]");
    assert_eq!(code("a\n`b` c"), "``a `b` c``");
    assert_eq!(code(" \n"), "`\"\"`");
}

/// Strings with a meaning in Markdown.
const PARTS: &[&str] = &[
    "- ",
    "-     ",
    "*",
    "* ",
    "**",
    "***",
    "_",
    "__",
    "+\t",
    "1. ",
    "1)     ",
    "12. ",
    "> ",
    ">",
    "#",
    "# ",
    "###### ",
    "=",
    "===",
    "---",
    "- - -",
    "    ",
    "\t",
    "  ",
    " ",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "`",
    "``",
    "```",
    "```rust\n",
    "~~~",
    "~~",
    "~~~~",
    "[",
    "]",
    "[foo]",
    "[foo]: ",
    "[^1]",
    "[^1]: ",
    "](",
    ")",
    "![",
    "(https://a.example/x)",
    "(x::Y)",
    "<",
    ">",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<pre>",
    "<script>",
    "<https://a.example>",
    "<a@b.example>",
    "<?",
    "<![CDATA[",
    "&",
    "&#10;",
    "&#32;",
    "&#9;",
    "&amp;",
    "&lt;",
    "\\",
    "\\\n",
    "|",
    "| a | b |\n|---|---|\n| c | d |\n",
    "|-|",
    ":-:",
    ":",
    "a",
    "foo",
    "Foo<Bar>",
    "https://",
    "https://a.example/b",
    "http://a.example/(x)",
    "https://{t}.example.com",
    "\u{200b}",
    "\u{202e}",
    "\0",
    "\u{a0}",
    "é",
    "1",
    ".",
    "!",
    "{}",
    "$",
    "^",
    "%",
    "\"",
    "'",
    "[ ] ",
    "[x] ",
];

fn random(rng: &mut Rng) -> String {
    (0..rng.usize(1..24)).map(|_| PARTS[rng.usize(..PARTS.len())]).collect()
}

#[test]
fn random_texts_are_harmless() {
    let mut rng = Rng::with_seed(14);
    for _ in 0..10_000 {
        let given = random(&mut rng);
        let written = text(&given);
        let found = faults(&written);
        assert!(found.is_empty(), "{found:?}\n{given:?}\n{written:?}");
        // The output is between our own sentences, and is summarized.
        let line = summary(&given);
        let between = format!("Ours.\n\n{line}\n\n{}\n\n`GET /`", text(&line));
        let found = faults(&between);
        assert!(found.is_empty() && !line.contains('\n'), "{found:?}\n{given:?}\n{between:?}");
        for named in [name(&given), code(&given)] {
            let found = faults(&text(&format!("{named}\n\nThe {named} of {named}.")));
            assert!(found.is_empty() && !named.contains('\n'), "{found:?}\n{given:?}\n{named:?}");
        }
    }
}

#[test]
fn rendering_is_idempotent() {
    let mut rng = Rng::with_seed(15);
    let mut differ = 0;
    for _ in 0..20_000 {
        let written = text(&random(&mut rng));
        differ += usize::from(text(&written) != written);
    }
    assert!(differ < 2_000, "{differ}");
}

#[test]
fn deep_and_long_texts_are_fast() {
    for part in ["> ", "- ", "1. ", "*a ", "[", "![", "`", "<", "~~a ", "| ", "\n> - ", "**a\n"] {
        let written = text(&part.repeat(20_000));
        assert!(faults(&written).is_empty() && written.len() < 4_000_000, "{part:?} {}", written.len());
    }
}
