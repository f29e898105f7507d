//! Checks that links of the book and of the repository's pages lead to existing files, and that each chapter is in the
//! summary.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const PAGES: &[&str] = &[
    "../README.md",
    "../ARCHITECTURE.md",
    "../CONTRIBUTING.md",
    "../CHANGELOG.md",
    "../SECURITY.md",
    "../codegen/README.md",
];

fn chapters() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))?;
    Ok(entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::result::Result<_, _>>()?)
}

/// Returns the targets of a page's links.
fn links(text: &str) -> Vec<String> {
    let link = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new(text).filter_map(link).collect()
}

#[test]
fn links_lead_somewhere() -> Result {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in PAGES.iter().map(|page| own.join(page)).chain(chapters()?) {
        let directory = page.parent().ok_or("no directory")?;
        for link in links(&fs::read_to_string(&page)?) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if link.contains("://") {
                continue;
            }
            let target = if file.is_empty() { page.clone() } else { directory.join(file) };
            assert!(target.exists(), "{} links to {link}", page.display());
            let heading = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let has_anchor =
                || fs::read_to_string(&target).is_ok_and(|text| text.lines().any(|line| heading(line) == anchor));
            assert!(anchor.is_empty() || has_anchor(), "{} links to {link}", page.display());
        }
    }
    Ok(())
}

#[test]
fn each_chapter_is_in_the_summary_and_its_snippets_are_compiled() -> Result {
    let summary = links(include_str!("../src/SUMMARY.md"));
    for chapter in chapters()? {
        let name = chapter.file_name().ok_or("no name")?.to_string_lossy().into_owned();
        if name != "SUMMARY.md" {
            assert!(summary.contains(&name), "{name} is not in the summary");
            assert!(include_str!("../snippets.rs").contains(&format!("src/{name}")), "{name} is not in snippets.rs");
        }
    }
    Ok(())
}
