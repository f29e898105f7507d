//! Reviews in all formats, of two revisions of the real documents and of small, partly malicious ones.
//!
//! Run `UPDATE_GOLDEN=1 cargo test -p crm-clients-checks --test diff_review` to update the golden reviews.

#[path = "support/pair.rs"]
mod pair;
mod support;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use crm_clients_review::diff::callers::affected;
use crm_clients_review::diff::{Area, Bump, Review, Reviewed, Rule, Severity, coverage, format, required_bump};
use pair::{Which, document, reviewed, revision};
use semver::Version;
use serde_json::Value;
use support::{fixtures, golden};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Returns the review of a pair in the fixtures.
fn upstream(api: &str, extension: &str) -> Outcome<Review> {
    let read = |which: &str| fs::read_to_string(fixtures().join(format!("review/{api}/{which}.{extension}")));
    let (old, new) = (read("old")?, read("new")?);
    let names = ["old", "new"].map(|which| format!("{which}/openapi.{extension}"));
    let reviewed = reviewed(api, [&names[0], &old], [&names[1], &new])?;
    Ok(Review::of(vec![reviewed], Some(Version::new(0, 1, 0)), None))
}

/// Returns the changes of a pair that is written as one text.
fn small(text: &str) -> Outcome<Reviewed> {
    let (old, new) = (document(text, Which::Old), document(text, Which::New));
    Ok(reviewed("pets", ["old.yaml", &old], ["new.yaml", &new])?)
}

fn review(text: &str) -> Outcome<Review> {
    Ok(Review::of(vec![small(text)?], Some(Version::new(1, 2, 3)), None))
}

const RENAMED: &str = "paths: {/pets: {get: {tags: [Pets], x-rust-name: <all|index>, $done}}}";

#[test]
fn upstream_revisions_are_reviewed() -> Outcome {
    for (api, extension) in [("chatwoot", "json"), ("kajabi", "yaml")] {
        let review = upstream(api, extension)?;
        golden(format!("review/{api}/review.txt"), &format::text(&review, false));
        golden(format!("review/{api}/review.md"), &format::markdown(&review));
        golden(format!("review/{api}/changelog.md"), &format::changelog(&review));
    }
    Ok(())
}

#[test]
fn changes_of_coverage_are_notes() -> Outcome {
    let cases: Vec<Value> =
        crm_clients_document::yaml::from_str(&fs::read_to_string(fixtures().join("diff/coverage.yaml"))?)?;
    let (mut shown, mut known) = (String::new(), BTreeSet::new());
    for case in &cases {
        let [name, text] = ["case", "text"].map(|key| case[key].as_str().unwrap_or_default());
        let (old, new) = (document(text, Which::Old), document(text, Which::New));
        let there = reviewed("pets", ["old.yaml", &old], ["new.yaml", &new])?;
        let back = reviewed("pets", ["old.yaml", &new], ["new.yaml", &old])?;
        let rules = |reviewed: &Reviewed, id: fn(&Rule) -> &'static str| {
            let rules = reviewed.findings.iter().map(|finding| finding.change.rule);
            rules.filter(|rule| rule.area == Area::Coverage).map(id).collect::<BTreeSet<_>>()
        };
        known.extend(rules(&there, |rule| rule.id));
        known.extend(rules(&back, |rule| rule.id));
        assert_eq!(rules(&there, |rule| rule.mirror), rules(&back, |rule| rule.id), "{name}");
        _ = writeln!(shown, "{name}");
        for (mark, reviewed) in [('>', there), ('<', back)] {
            let review = Review::of(vec![reviewed], None, None);
            let notes = format::text(&review, false);
            let notes = notes.split_once("\nNotes\n").map_or("", |(_, notes)| notes);
            for finding in review.findings().filter(|finding| finding.change.rule.area == Area::Coverage) {
                let change = &finding.change;
                assert!(notes.contains(&change.message), "{name}: {notes}");
                let place = finding.old.iter().chain(&finding.new).map(|place| format!(" at {place}"));
                let place: String = place.collect();
                _ = writeln!(shown, "{mark} {} {}{place}", change.severity.word(), change.rule.id);
                _ = writeln!(shown, "    {}; {:?}", change.message, change.operations);
            }
        }
        shown.push('\n');
    }
    golden("diff/coverage.txt", &shown);
    assert_eq!(known, coverage::rules::ALL.iter().map(|rule| rule.id).collect());
    Ok(())
}

#[test]
fn equal_documents_have_no_differences() -> Outcome {
    let text = fs::read_to_string(fixtures().join("review/chatwoot/new.json"))?;
    let reviewed = reviewed("chatwoot", ["a.json", &text], ["b.json", &text])?;
    let review = Review::of(vec![reviewed], Some(Version::new(0, 1, 0)), None);
    assert_eq!(review.worst(), None);
    let expected = "chatwoot 1.1.0\n  nothing changed\n\nDeployed clients are not affected\n\
        Rust callers are not affected\nNo version bump required: nothing changed\n";
    assert_eq!(format::text(&review, false), expected);
    Ok(())
}

#[test]
fn required_versions_depend_on_the_effect_on_callers() -> Outcome {
    let property = |property: &str| {
        format!(
            "paths: {{/pets: {{get: {{tags: [Pets], $gives}}}}}}\ncomponents: {{schemas: {{pet: {{type: object, properties: {{a: {property}}}}}}}}}"
        )
    };
    let cases = [
        (RENAMED.to_owned(), Bump::Major),
        (property("{type: <string|integer>}"), Bump::Major),
        (property("{type: string}<|, b: {type: string}>"), Bump::Minor),
        (property("{type: string, deprecated: <false|true>}"), Bump::Minor),
        // This breaks the wire format, but no caller's code.
        (property("{type: string, nullable: <false|true>}"), Bump::Minor),
        (property("{type: string, maxLength: <2|1>}"), Bump::Patch),
        (property("{type: string}"), Bump::None),
    ];
    for (text, expected) in cases {
        let findings = small(&text)?.findings;
        assert_eq!(required_bump(findings.iter().map(|finding| &finding.change)), expected, "{text}: {findings:#?}");
    }
    let required = |declared| {
        Ok::<_, Box<dyn Error>>(Review::of(vec![small(RENAMED)?], Some(Version::new(0, 1, 0)), declared).required)
    };
    let because = "`all` was renamed to `index` (`pets::pets::Pets::all`)";
    assert_eq!(required(None)?.to_string(), format!("Version 0.1.0 to 0.2.0 required: {because}"));
    let stale = required(Some(Version::new(0, 1, 9)))?;
    assert_eq!(stale.to_string(), format!("Version 0.1.0 to 0.2.0 required: {because}"));
    let met = required(Some(Version::new(0, 2, 0)))?;
    assert_eq!(met.to_string(), format!("Version 0.1.0 to 0.2.0 required, and declared: {because}"));
    assert!(met.is_met());
    Ok(())
}

#[test]
fn accepted_changes_are_shown_separately() -> Outcome {
    let mut api = small(RENAMED)?;
    let fingerprint = api.findings.first().ok_or("no changes")?.change.fingerprint.clone();
    let stale = api.accept([(fingerprint.as_str(), "nobody called it"), ("0123456789abcdef", "it was there once")]);
    assert_eq!(stale, ["0123456789abcdef"]);
    let review = Review::of(vec![api], Some(Version::new(1, 2, 3)), None);
    assert_eq!(review.worst(), None);
    assert_eq!(review.required.bump, Bump::Major, "accepted changes still count");
    let text = format::text(&review, false);
    assert!(text.contains("accepted    nobody called it\n") && text.contains("\nAccepted\n"), "{text}");
    let markdown = format::markdown(&review);
    assert!(markdown.contains("<summary>Accepted: 1 accepted change</summary>"), "{markdown}");
    assert!(!format::github(&review).contains("::error"), "{}", format::github(&review));
    Ok(())
}

#[test]
fn apis_are_added_and_removed() -> Outcome {
    let text = document(RENAMED, Which::Old);
    let added = Reviewed::added("cats", revision("cats.yaml", &text)?).map_err(|walk| walk.report(false))?;
    let removed = Reviewed::removed("dogs", revision("dogs.yaml", &text)?);
    let review = Review::of(vec![added, removed], None, None);
    assert_eq!((review.worst(), review.required.bump), (Some(Severity::Breaking), Bump::Major));
    let text = format::text(&review, false);
    assert!(text.contains("info[rust-client-added] the API `cats` was added, with one operation\n"), "{text}");
    assert!(text.contains("is          cats.yaml:1:1\n") && text.contains("was         dogs.yaml:1:1\n"), "{text}");
    assert!(
        text.contains("\nA major version required: the API `dogs` was removed, with one operation (`dogs`)\n"),
        "{text}"
    );
    Ok(())
}

/// A property whose name contains markup, a mention, a workflow command and a line break.
const HOSTILE: &str = r#"paths: {/pets: {get: {tags: [Pets], $gives}}}
components: {schemas: {pet: {type: object, properties: {a: {type: string}, "\n::error::x`|| @team <b>&amp;[x](https://x.example) \u202e%0A": {type: string}}}}}"#;

#[test]
fn document_strings_are_text_in_all_formats() -> Outcome {
    let without = HOSTILE.split(", \"").next().ok_or("no property")?.to_owned() + "}}}}";
    // The name contains a bar and brackets, which have a special meaning in the text of a pair.
    let head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";
    let gives = "responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}}";
    let [old, new] = [without.as_str(), HOSTILE].map(|text| format!("{head}{}", text.replace("$gives", gives)));
    let review = Review::of(vec![reviewed("pets", ["old.yaml", &old], ["new.yaml", &new])?], None, None);
    assert!(review.findings().any(|finding| finding.change.message.contains("@team")), "{review:#?}");
    // Text between backticks is code.
    let spans = format::markdown(&review);
    let markdown = spans.split('`').step_by(2).collect::<String>().replace("\\&", "");
    for active in ["<b>", "&amp;", "[x](", "|| ", "\n::error"] {
        assert!(!markdown.contains(active), "{active}: {markdown}");
    }
    // A mention needs a letter after the sign, and text between backticks is code.
    assert!(!markdown.contains("@team"), "{markdown}");
    let commands = format::github(&review);
    assert!(commands.lines().all(|line| line.starts_with("::notice title=API review::")), "{commands}");
    let back = Review::of(vec![reviewed("pets", ["old.yaml", &new], ["new.yaml", &old])?], None, None);
    let commands = format::github(&back);
    assert!(commands.lines().count() >= 3, "{commands}");
    for line in commands.lines() {
        assert!(
            ["::error file=new.yaml,", "::warning file=new.yaml,", "::notice "]
                .iter()
                .any(|head| line.starts_with(head)),
            "{line}"
        );
        assert!(!line.contains('\u{202e}'), "{line}");
    }
    assert!(!format::text(&review, false).contains('\u{202e}'));
    for markup in [format::html(&review), format::junit(&review)] {
        assert!(!markup.contains("<b>") && !markup.contains('\u{202e}') && !markup.contains("||<"), "{markup}");
    }
    let sarif: serde_json::Value = serde_json::from_str(&format::sarif(&back))?;
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(back.findings().count()));
    Ok(())
}

#[test]
fn the_verdict_names_who_is_affected() -> Outcome {
    let sent = |schema: &str| {
        format!(
            "paths: {{/pets: {{post: {{tags: [Pets], $takes, $done}}}}}}\ncomponents: {{schemas: {{pet: {schema}}}}}"
        )
    };
    let cases = [
        (
            sent("{type: object, properties: {a: {type: string}<|, b: {type: string}>}<|, required: [b]>}"),
            ["Deployed clients break: 1 breaking change", "Rust callers break: 1 breaking change"],
        ),
        (
            sent("{type: object, properties: {a: {type: string, maxLength: <2|1>}}}"),
            [
                "Deployed clients break: 1 breaking change",
                "Rust callers compile, but the breaking changes affect them at run time",
            ],
        ),
        (
            sent("{type: object, properties: {a: {type: string}<, b: {type: string}|>}}"),
            ["Deployed clients may be affected: 1 warning", "Rust callers break: 1 breaking change"],
        ),
        (RENAMED.to_owned(), ["Deployed clients are not affected", "Rust callers break: 1 breaking change"]),
    ];
    for (text, [clients, callers]) in cases {
        let verdict = format::Verdict::of(&review(&text)?);
        assert_eq!((verdict.clients.as_str(), verdict.callers.as_str()), (clients, callers), "{text}");
    }
    Ok(())
}

#[test]
fn removals_have_their_old_location() -> Outcome {
    let text = "paths: {/pets: {get: {tags: [Pets], $gives}}}\ncomponents: {schemas: {pet: {type: object, properties: {a: {type: string}<, b: {type: string}|>}}}}";
    let messages: Vec<String> = small(text)?.findings.iter().map(|finding| finding.change.message.clone()).collect();
    let expected = [
        "the field `b` was removed (from `pets::types::Pet`)",
        "property `b` of the response was removed (from `GET /pets > 200 application/json`)",
    ];
    assert_eq!(messages, expected);
    Ok(())
}

#[test]
fn markdown_has_no_entities_and_is_limited_to_severe_findings() -> Outcome {
    let markdown = format::markdown(&upstream("chatwoot", "json")?);
    assert!(!markdown.contains("&#") && !markdown.contains("&gt;"), "{markdown}");
    let property = |index: usize| format!("p{index}: {{type: <string|integer>}}");
    let properties: Vec<String> = (0..2000).map(property).collect();
    let text = format!(
        "paths: {{/pets: {{get: {{tags: [Pets], $gives}}}}}}\ncomponents: {{schemas: {{pet: {{type: object, properties: {{{}}}}}}}}}",
        properties.join(", ")
    );
    let markdown = format::markdown(&review(&text)?);
    assert!(markdown.len() < 65_536, "{} bytes", markdown.len());
    assert!(markdown.contains("#### Deployed clients: 2000 breaking changes"), "{markdown}");
    assert!(markdown.contains("\n- **breaking:** ") && markdown.contains(" breaking changes more."), "{markdown}");
    Ok(())
}

#[test]
fn junit_fails_only_for_breaking_changes() -> Outcome {
    let junit = format::junit(&review(RENAMED)?);
    assert!(junit.contains("tests=\"1\" failures=\"1\""), "{junit}");
    assert!(junit.contains("<failure type=\"rust-method-renamed\""), "{junit}");
    let text = document(RENAMED, Which::Old);
    let none = Review::of(vec![reviewed("pets", ["a.yaml", &text], ["b.yaml", &text])?], None, None);
    assert!(format::junit(&none).contains("failures=\"0\""), "{}", format::junit(&none));
    Ok(())
}

#[test]
fn html_lists_operations_and_loads_nothing() -> Outcome {
    let html = format::html(&upstream("kajabi", "yaml")?);
    assert!(html.contains("<code>GET /v1/contacts</code>") && html.contains("id=\"finding-0\""), "no operations");
    let loads = ["src=", "href=", "@import", "url(", "fetch("];
    assert!(loads.iter().all(|load| !html.contains(load)), "the page loads resources");
    Ok(())
}

#[test]
fn affected_lines_are_found_by_name() -> Outcome {
    let review = review(RENAMED)?;
    let program = "fn main() {\n    let all = client.pets().all().await;\n    // client.pets().all()\n    let call = other.all(1);\n}\n";
    let lines: Vec<usize> = affected(&review, program).iter().map(|found| found.line).collect();
    assert_eq!(lines, [2, 4], "other methods of this name are found too");
    assert!(affected(&review, "fn main() { other.all(1); }").is_empty(), "the resource is not used");
    Ok(())
}

#[test]
fn moved_prefixes_are_reported_once() -> Outcome {
    let cases = [
        (
            "paths: {/<v1|v2>/cats: {get: {tags: [Cats], $done}}, /<v1|v2>/dogs: {get: {tags: [Dogs], $done}}}",
            ["operation-moved"].as_slice(),
        ),
        (
            "servers: [{url: 'https://a.example</v1|>'}]\npaths: {<|/v1>/cats: {get: {tags: [Cats], $done}}}",
            &["rust-base-url-changed", "base-path-moved"],
        ),
    ];
    for (text, expected) in cases {
        let ids: Vec<&str> = small(text)?.findings.iter().map(|finding| finding.change.rule.id).collect();
        assert_eq!(ids, expected, "{text}");
    }
    Ok(())
}

#[test]
fn unknown_extensions_are_accepted() -> Outcome {
    let text = "paths: {/pets: {get: {tags: [Pets], $gives}}}\ncomponents: {schemas: {pet: {type: object, x-rust-type: {crate: a, path: 'a::<B|C>'}}}}";
    let ids: Vec<&str> = small(text)?.findings.iter().map(|finding| finding.change.rule.id).collect();
    assert_eq!(ids, ["uncompared"]);
    Ok(())
}

#[test]
fn markdown_fits_into_a_github_comment() -> Outcome {
    let operations: String =
        (0..3000).map(|index| format!("  /pets/{index}: {{get: {{tags: [Pets], $done}}}}\n")).collect();
    let few = document("paths:\n  /pets: {get: {tags: [Pets], $done}}\n", Which::Old);
    let many = document(&format!("paths:\n  /pets: {{get: {{tags: [Pets], $done}}}}\n{operations}"), Which::Old);
    let review = Review::of(vec![reviewed("pets", ["old.yaml", &few], ["new.yaml", &many])?], None, None);
    let markdown = format::markdown(&review);
    assert!(markdown.len() < 65_536 && markdown.contains("too long for a comment"), "{} bytes", markdown.len());
    assert!(markdown.contains("Notes: 6000 notes") && markdown.contains("notes more."), "{markdown}");
    Ok(())
}

#[test]
fn colors_are_opt_in() -> Outcome {
    let review = review(RENAMED)?;
    assert!(!format::text(&review, false).contains('\u{1b}'));
    assert!(format::text(&review, true).contains("\u{1b}[1m\u{1b}[91mbreaking[rust-method-renamed]\u{1b}[0m"));
    Ok(())
}

/// The JSON exactly as documented in the generator's README.
mod documented {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Review {
        pub version: RequiredBump,
        pub counts: Counts,
        pub apis: Vec<Api>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct RequiredBump {
        pub bump: String,
        pub from: Option<String>,
        pub to: Option<String>,
        pub declared: Option<String>,
        pub because: String,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(deny_unknown_fields)]
    pub struct Counts {
        pub breaking: usize,
        pub warning: usize,
        pub info: usize,
        pub accepted: usize,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Api {
        pub name: String,
        pub old: Option<String>,
        pub new: Option<String>,
        pub counts: Counts,
        pub changes: Vec<Change>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Change {
        pub rule: String,
        pub area: String,
        pub severity: String,
        pub direction: Option<String>,
        pub message: String,
        pub subject: String,
        pub operations: Vec<String>,
        pub resource: String,
        pub old: Place,
        pub new: Place,
        pub fingerprint: String,
        pub accepted: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Place {
        pub pointer: Option<String>,
        pub position: Option<Position>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Position {
        pub file: String,
        pub line: usize,
        pub column: usize,
    }
}

#[test]
fn json_is_as_documented() -> Outcome {
    let text = format::json(&upstream("kajabi", "yaml")?);
    let review: documented::Review = serde_json::from_str(&text)?;
    let [api] = review.apis.as_slice() else { return Err("expected one API".into()) };
    assert_eq!((api.name.as_str(), api.old.as_deref(), api.new.as_deref()), ("kajabi", Some("1.0.1"), Some("1.1.0")));
    assert_eq!(api.counts, review.counts);
    assert_eq!(api.changes.len(), api.counts.breaking + api.counts.warning + api.counts.info + api.counts.accepted);
    let version = review.version;
    assert_eq!(
        (version.bump.as_str(), version.from.as_deref(), version.to.as_deref()),
        ("major", Some("0.1.0"), Some("0.2.0"))
    );
    assert!(version.declared.is_none() && version.because.contains("was removed"), "{}", version.because);
    for change in &api.changes {
        let known = [
            (["wire", "rust"].as_slice(), &change.area),
            (["breaking", "warning", "info"].as_slice(), &change.severity),
        ];
        assert!(known.iter().all(|(words, word)| words.contains(&word.as_str())), "{}", change.rule);
        assert!(
            change.direction.as_deref().is_none_or(|word| ["request", "response"].contains(&word)),
            "{}",
            change.rule
        );
        assert_eq!((change.fingerprint.len(), &change.accepted), (16, &None));
        assert!(
            !change.message.is_empty()
                && !change.subject.is_empty()
                && !change.operations.is_empty()
                && !change.resource.is_empty(),
            "{}",
            change.rule
        );
        let positions = [(&change.old, "old/openapi.yaml"), (&change.new, "new/openapi.yaml")];
        for (place, file) in positions {
            assert_eq!(place.pointer.is_some(), place.position.is_some(), "{}", change.rule);
            assert!(
                place.position.as_ref().is_none_or(|at| at.file == file && at.line > 0 && at.column > 0),
                "{}",
                change.rule
            );
        }
    }
    let readme = fs::read_to_string(fixtures().join("../../../README.md"))?;
    let words = [
        "`resource`",
        "`bump`",
        "`declared`",
        "`fingerprint`",
        "`accepted`",
        "`operations`",
        "`position`",
        "`pointer`",
    ];
    assert!(words.iter().all(|word| readme.contains(word)), "the README documents the fields");
    Ok(())
}
