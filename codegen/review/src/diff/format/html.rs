//! Renders a self-contained HTML page with a tree of operations and a filter.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::{Section, Verdict, area, by_resource, escaped, versions};
use crate::diff::review::{Finding, Review, Reviewed};

const STYLE: &str = include_str!("review.css");
const SCRIPT: &str = include_str!("review.js");

/// Renders the review as a page. Style and script are inline, and its policy allows nothing else to load.
pub fn html(review: &Review) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = page(review, &mut out);
    out
}

fn page(review: &Review, out: &mut String) -> fmt::Result {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<title>API review</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>API review</h1>"
    )?;
    for sentence in Verdict::of(review).sentences() {
        writeln!(out, "<p>{}.</p>", marked(sentence))?;
    }
    writeln!(
        out,
        "<form>\n<input id=\"filter\" type=\"search\" placeholder=\"Filter by words\" aria-label=\"Filter by words\">"
    )?;
    for severity in ["breaking", "warning", "info"] {
        writeln!(out, "<label><input type=\"checkbox\" value=\"{severity}\" checked> {severity}</label>")?;
    }
    writeln!(
        out,
        "<button type=\"reset\" id=\"all\">Show all</button>\n<output id=\"count\"></output>\n</form>\n</header>"
    )?;
    writeln!(out, "<div class=\"columns\">\n<nav aria-label=\"Operations\">")?;
    let mut first = 0;
    for api in &review.apis {
        tree(api, first, out)?;
        first += api.findings.len();
    }
    writeln!(out, "</nav>\n<main>\n<p id=\"none\" hidden>No finding matches.</p>")?;
    let mut first = 0;
    for api in &review.apis {
        findings(api, first, out)?;
        first += api.findings.len();
    }
    writeln!(out, "</main>\n</div>\n<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

/// Renders the operations of an API by resource, each with the numbers of its findings.
fn tree(api: &Reviewed, first: usize, out: &mut String) -> fmt::Result {
    let mut resources: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    for (index, finding) in api.findings.iter().enumerate() {
        for operation in &finding.change.operations {
            let resource = api.resources.get(operation).map_or("others", String::as_str);
            resources.entry(resource).or_default().entry(operation).or_default().push(first + index);
        }
    }
    writeln!(out, "<details open><summary>{} {}</summary>", escaped(&api.name), escaped(&versions(api)))?;
    for (resource, operations) in resources {
        writeln!(out, "<details><summary>{} <small>{}</small></summary>\n<ul>", escaped(resource), operations.len())?;
        for (operation, numbers) in operations {
            let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let (list, count) = (list.join(" "), numbers.len());
            let operation = escaped(operation);
            writeln!(
                out,
                "<li><button data-findings=\"{list}\"><code>{operation}</code> <small>{count}</small></button></li>"
            )?;
        }
        writeln!(out, "</ul></details>")?;
    }
    writeln!(out, "</details>")
}

fn findings(api: &Reviewed, first: usize, out: &mut String) -> fmt::Result {
    writeln!(out, "<section>\n<h2>{} {}</h2>", escaped(&api.name), escaped(&versions(api)))?;
    if api.findings.is_empty() {
        writeln!(out, "<p>Nothing changed.</p>")?;
    }
    let number = |finding: &Finding| {
        let index = api.findings.iter().position(|other| std::ptr::eq(other, finding));
        first + index.unwrap_or_default()
    };
    for section in Section::ALL {
        let of_section = section.findings(api);
        if of_section.is_empty() {
            continue;
        }
        writeln!(out, "<section>\n<h3>{}</h3>", section.title())?;
        for (resource, group) in by_resource(&of_section) {
            writeln!(out, "<section>\n<h4>{}</h4>", escaped(resource))?;
            group.iter().try_for_each(|finding| article(number(finding), finding, out))?;
            writeln!(out, "</section>")?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</section>")
}

fn article(number: usize, finding: &Finding, out: &mut String) -> fmt::Result {
    let change = &finding.change;
    let severity = change.severity.word();
    writeln!(out, "<article id=\"finding-{number}\" data-severity=\"{severity}\">")?;
    writeln!(out, "<p><strong class=\"{severity}\">{severity}</strong> {}</p>", marked(&change.message))?;
    writeln!(out, "<p><code>{}</code></p>", escaped(&change.subject))?;
    if let Some(reason) = &finding.accepted {
        writeln!(out, "<p>Accepted: {}</p>", escaped(reason))?;
    }
    writeln!(out, "<details><summary>{} {}</summary>\n<dl>", area(change.rule.area), change.rule.id)?;
    for (name, spot) in [("was", &finding.old), ("is", &finding.new)] {
        spot.iter().try_for_each(|spot| writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escaped(&spot.to_string())))?;
    }
    for operation in &change.operations {
        writeln!(out, "<dt>operation</dt><dd><code>{}</code></dd>", escaped(operation))?;
    }
    writeln!(out, "<dt>fingerprint</dt><dd>{}</dd>\n</dl></details>\n</article>", change.fingerprint)
}

/// Renders a message with quoted parts as code.
fn marked(message: &str) -> String {
    let parts = message.split('`').enumerate();
    let part = |(index, part): (usize, &str)| match index % 2 {
        1 => format!("<code>{}</code>", escaped(part)),
        _ => escaped(part),
    };
    parts.map(part).collect()
}
