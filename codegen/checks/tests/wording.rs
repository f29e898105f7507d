//! Checks that texts contain no banned phrases; see "Style" in CONTRIBUTING.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The banned phrases in lower case, with their replacements.
const PHRASES: [(&str, &str); 17] = [
    ("lest", "so that … not"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("vouches for", "checks"),
    ("sees to", "the verb for what it does"),
    ("comes by", "gets"),
    ("is told of", "is reported"),
    ("are told of", "are reported"),
    ("tells of", "reports"),
    ("is told apart", "is distinguished"),
    ("tells apart", "distinguishes"),
    ("is gone", "was removed"),
    ("are gone", "were removed"),
    ("of another make", "of another kind"),
    ("held against", "compared with"),
    ("what a caller meets", "features"),
    ("say it otherwise", "rewrite it"),
];

/// Banned openings of doc comments: clauses instead of noun phrases or verbs.
const OPENERS: [&str; 5] = ["What ", "Whatever ", "Who ", "That of ", "Says "];

/// Collects the files to check, except third-party documents and expected output.
fn texts(directory: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "fixtures", "node_modules"].contains(&name) {
                texts(&path, found)?;
            }
        } else if name == "overlay.yaml"
            || name == "undocumented.yaml"
            || name.ends_with(".rs")
            || name.ends_with(".md")
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Returns true if `line` has `phrase` as whole words.
fn has_words(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(at, _)| {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_word(line[..at].chars().next_back()) && !is_word(line[at + phrase.len()..].chars().next())
    })
}

fn violations(line: &str) -> impl Iterator<Item = String> {
    let lower = line.to_lowercase();
    let phrases = PHRASES
        .iter()
        .filter(move |(phrase, _)| has_words(&lower, phrase))
        .map(|(phrase, instead)| format!("`{phrase}`: write `{instead}`"));
    let comment = ["/// ", "//! "].into_iter().find_map(|mark| line.trim_start().strip_prefix(mark));
    let opener = comment.and_then(|text| OPENERS.iter().find(|opener| text.starts_with(**opener)));
    phrases.chain(opener.map(|opener| format!("`{opener}…`: begin with what the item is or does")))
}

#[test]
fn texts_have_no_banned_phrases() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    texts(&root, &mut files)?;
    files.sort();
    assert!(files.len() > 300, "{} files", files.len());
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("tests/wording.rs")) {
        for (number, line) in fs::read_to_string(file)?.lines().enumerate() {
            let shown = file.strip_prefix(&root).unwrap_or(file).display();
            wrong.extend(violations(line).map(|what| format!("{shown}:{}: {what}", number + 1)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn phrases_are_whole_words() {
    let count = |line: &str| violations(line).count();
    assert_eq!(count("// Recommended by the latest amendment."), 0);
    assert_eq!(count("/// Whatever it is, mend it."), 2);
    assert_eq!(count("let what = \"What is this?\";"), 0);
}
