//! The HTML page of a review in a browser, and reviews of two sizes as golden Markdown.

#[path = "support/pair.rs"]
mod pair;
mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crm_clients_review::diff::{Review, format};
use pair::{Which, document, reviewed};
use serde_json::{Value, json};
use support::golden;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn review(text: &str) -> Outcome<Review> {
    let (old, new) = (document(text, Which::Old), document(text, Which::New));
    Ok(Review::of(vec![reviewed("shop", ["old.yaml", &old], ["new.yaml", &new])?], None, None))
}

/// Two resources with a new required property, a changed type, a new value and a note.
const SMALL: &str = "
paths:
  /pets:
    get: {tags: [Pets], <|deprecated: true, >$gives}
    post: {tags: [Pets], $takes, responses: {'204': {description: ''}}}
  /owners:
    get: {tags: [Owners], responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/owner'}}}}}}
components:
  schemas:
    pet: {type: object, <|required: [name], >properties: {name: {type: string}, kind: {type: string, enum: [cat<|, dog>]}}}
    owner: {type: object, properties: {age: {type: <integer|string>}}}
";

/// Thirty resources with a change of each kind in many properties: hundreds of findings.
fn large() -> String {
    let mut paths = String::from("paths:\n");
    let mut schemas = String::from("components:\n  schemas:\n");
    for resource in 0..30 {
        let content = format!("{{application/json: {{schema: {{$ref: '#/components/schemas/thing{resource:02}'}}}}}}");
        _ = writeln!(
            paths,
            "  /things{resource:02}:\n    get: {{tags: [Things {resource:02}], responses: {{'200': {{description: '', content: {content}}}}}}}\n    post: {{tags: [Things {resource:02}], requestBody: {{required: true, content: {content}}}, responses: {{'204': {{description: ''}}}}}}"
        );
        let changed = (0..12).map(|property| match property % 4 {
            0 => format!("p{property:02}: {{type: <string|integer>}}"),
            1 => format!("<p{property:02}: {{type: string}}, |>q{property:02}: {{type: string, maxLength: <40|20>}}"),
            2 => format!("p{property:02}: {{type: string, enum: [a, b<|, c>]}}"),
            _ => format!("p{property:02}: {{type: string<|, deprecated: true>}}"),
        });
        let changed: Vec<String> = changed.collect();
        _ = writeln!(schemas, "    thing{resource:02}: {{type: object, properties: {{{}}}}}", changed.join(", "));
    }
    format!("{paths}{schemas}")
}

#[test]
fn reviews_of_each_size_are_readable() -> Outcome {
    // The sizes of the vendored documents' reviews are between these two.
    golden("review/small.md", &format::markdown(&review(SMALL)?));
    let review = review(&large())?;
    let markdown = format::markdown(&review);
    let breaking = review.findings().filter(|finding| finding.change.severity.word() == "breaking").count();
    assert!(breaking > 300, "{breaking} breaking changes");
    assert!(markdown.len() < 64_000 && markdown.contains("\n- **breaking:** "), "{} bytes", markdown.len());
    golden("review/large.md", &markdown);
    Ok(())
}

/// Operates the page as a reader does, and records the visible content after each step in the page.
const PROBE: &str = r##"
<script>
"use strict";
(async () => {
  const wait = () => new Promise((done) => setTimeout(done, 20));
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.offsetParent !== null);
  const steps = {};
  const note = (name) => {
    steps[name] = {
      findings: shown("article").length,
      headings: shown("main h4").map((one) => one.textContent),
      count: document.getElementById("count").textContent,
      pressed: shown("nav button[aria-pressed=true]").length,
      none: shown("#none").length,
    };
  };
  const filter = document.getElementById("filter");
  const search = (words) => { filter.value = words; filter.dispatchEvent(new Event("input", {bubbles: true})); };
  for (const one of document.querySelectorAll("nav details")) one.open = true;
  const operation = [...document.querySelectorAll("nav button")].find((one) => one.textContent.includes("GET /owners"));
  note("all");
  search("OWNERS integer"); note("words");
  search("nowhere"); note("no match");
  document.getElementById("all").click(); await wait(); note("reset");
  operation.click(); note("operation");
  operation.click(); note("operation again");
  document.querySelector("input[value=info]").click(); note("no info");
  const result = document.createElement("pre");
  result.id = "probe";
  result.textContent = JSON.stringify(steps);
  document.body.append(result);
})();
</script>
</body>
"##;

/// The names of the browser on different systems.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Returns the visible content after each step of the probe.
fn operated(html: &str) -> Outcome<Value> {
    let directory = tempfile::tempdir()?;
    let page = directory.path().join("review.html");
    fs::write(&page, html.replace("</body>", PROBE))?;
    let profile = format!("--user-data-dir={}", directory.path().join("profile").display());
    let arguments =
        ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom", profile.as_str()];
    let run = |browser: &&str| Command::new(browser).args(arguments).arg(&page).output().ok();
    let output = BROWSERS.iter().find_map(run).ok_or("no browser: install the Debian package `chromium`")?;
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let probe = dom.split_once("<pre id=\"probe\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (probe, _) = probe.ok_or_else(|| format!("{dom}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(serde_json::from_str(&probe.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))?)
}

#[test]
#[ignore = "requires Chromium"]
fn the_page_filters_by_words_severity_and_operation() -> Outcome {
    let review = review(SMALL)?;
    let all = review.findings().count();
    let info = review.findings().filter(|finding| finding.change.severity.word() == "info").count();
    let of_owners = |finding: &&crm_clients_review::diff::Finding| {
        finding.change.operations.iter().any(|operation| operation == "GET /owners")
    };
    let owners = review.findings().filter(of_owners).count();
    assert!(owners > 0 && owners < all && info > 0, "{owners} and {info} of {all}");
    let steps = operated(&format::html(&review))?;
    let shown = |step: &str| steps[step]["findings"].as_u64().and_then(|count| usize::try_from(count).ok());
    for (step, expected) in [
        ("all", all),
        ("no match", 0),
        ("reset", all),
        ("operation", owners),
        ("operation again", all),
        ("no info", all - info),
    ] {
        assert_eq!(shown(step), Some(expected), "{step}: {steps:#}");
        assert_eq!(steps[step]["count"], format!("{expected} of {all}"), "{step}");
        assert_eq!(steps[step]["none"], usize::from(expected == 0), "{step}");
    }
    assert!(shown("words").is_some_and(|count| count > 0 && count <= owners), "{steps:#}");
    assert_eq!(steps["words"]["headings"], json!(["owners"]), "sections without findings are hidden");
    assert_eq!(steps["no match"]["headings"], json!([]));
    assert_eq!((&steps["operation"]["pressed"], &steps["operation again"]["pressed"]), (&json!(1), &json!(0)));
    Ok(())
}
