//! Invariants of documentation for any text: rustdoc finds nothing in it to compile, to run or to link to.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::cell::RefCell;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag};

/// The items that the generator's own documentation links to.
const OWN_LINKS: &[&str] = &[
    "`Client::BASE_URL`",
    "`runtime::AdditionalProperties`",
    "`runtime::Response::warnings`",
    "`runtime::http_client_builder`",
];

/// Returns the problems in documentation as parsed by rustdoc.
pub fn faults(text: &str) -> Vec<String> {
    let faults = RefCell::new(Vec::new());
    // Rustdoc treats a reference without a definition as the name of an item.
    let reference = |link: BrokenLink<'_>| {
        // Calls link to the method that returns them.
        let is_own = OWN_LINKS.contains(&link.reference.as_ref())
            || text.trim_end().ends_with(&format!("\n\nReturned by [{}].", link.reference));
        if !is_own {
            faults.borrow_mut().push(format!("a link to the item {:?}", link.reference));
        }
        Some((CowStr::from("https://docs.example/"), CowStr::from("")))
    };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut covered = 0;
    for event in Parser::new_with_broken_link_callback(text, options, Some(reference)) {
        let fault = match &event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Some("an indented code block".to_owned()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if &**info != "text" => {
                Some(format!("a code block marked {info:?}"))
            }
            Event::Html(html) | Event::InlineHtml(html) => Some(format!("the HTML {html:?}")),
            Event::Start(Tag::Image { dest_url, .. }) => Some(format!("an image from {dest_url:?}")),
            Event::Start(Tag::Link { dest_url, .. }) if !dest_url.starts_with("http") => {
                Some(format!("a link to {dest_url:?}"))
            }
            Event::Start(Tag::FootnoteDefinition(_)) | Event::FootnoteReference(_) => Some("a footnote".to_owned()),
            // Rustdoc's lint `bare_urls` warns about these.
            Event::Text(text) if covered == 0 && has_bare_url(text) => Some(format!("the bare URL in {text:?}")),
            _ => None,
        };
        match event {
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => covered += 1,
            Event::End(pulldown_cmark::TagEnd::Link | pulldown_cmark::TagEnd::CodeBlock) => covered -= 1,
            _ => {}
        }
        faults.borrow_mut().extend(fault);
    }
    faults.into_inner()
}

/// Returns true if there is a URL whose host has two parts.
fn has_bare_url(text: &str) -> bool {
    ["http://", "https://"].iter().flat_map(|scheme| text.split(scheme).skip(1)).any(|rest| {
        let host = |character: char| character.is_ascii_alphanumeric() || "-@:%._+~#=".contains(character);
        let host = &rest[..rest.find(|character| !host(character)).unwrap_or(rest.len())];
        host.split_once('.').is_some_and(|(first, rest)| first.len() > 1 && rest.starts_with(char::is_alphabetic))
    })
}
