//! Comparison of output with golden files.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Returns the directory of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Compares `actual` with the golden file at `path` in `tests/fixtures`.
///
/// Run `UPDATE_GOLDEN=1 cargo test -p crm-clients-checks` to update the golden files, and review the differences before
/// committing them.
#[track_caller]
pub fn golden(path: impl AsRef<Path>, actual: &str) {
    let file = fixtures().join(&path);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        let written =
            file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&file, actual));
        assert!(written.is_ok(), "cannot write {}: {written:?}", file.display());
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        expected == actual,
        "{} differs (- expected, + actual):\n{}\nif correct, run UPDATE_GOLDEN=1 cargo test -p crm-clients-checks",
        path.as_ref().display(),
        difference(&expected, actual),
    );
}

/// Returns the lines from the first difference to the last.
fn difference(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = |(left, right): &(&&str, &&str)| left == right;
    let head = expected.iter().zip(&actual).take_while(same).count();
    let (expected, actual) = (&expected[head..], &actual[head..]);
    let tail = expected.iter().rev().zip(actual.iter().rev()).take_while(same).count();
    let mut shown = format!("@@ line {} @@\n", head + 1);
    for (mark, lines) in [('-', &expected[..expected.len() - tail]), ('+', &actual[..actual.len() - tail])] {
        for line in lines.iter().take(60) {
            _ = writeln!(shown, "{mark}{line}");
        }
    }
    shown
}
