//! `cargo xtask diff` from the perspective of maintainers and CI: a repository with a base revision, a change in the
//! working tree, and the output.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use support::{Result, text};

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      tags: [Pets]
      responses:
        '200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/pet'}}}}}
components:
  schemas:
    pet: {$ref: 'pet.yaml'}
";
const PET: &str = "type: object\nrequired: [name]\nproperties: {name: {type: string}, age: {type: integer}}\n";
const OVERLAY: &str = "\
overlay: 1.1.0
info: {title: Pets, version: '1'}
actions:
  - target: $.paths['/pets'].get
    update: {x-rust-name: all}
";

/// A repository on a branch `topic`, which branched off `main` at a revision with one API.
struct Repository {
    directory: tempfile::TempDir,
}

impl Repository {
    fn new() -> Result<Self> {
        let repository = Self { directory: tempfile::tempdir()? };
        repository.write("Cargo.toml", "[workspace.package]\nversion = \"0.3.1\"\n")?;
        repository.write("specs/pets/openapi.yaml", DOCUMENT)?;
        repository.write("specs/pets/pet.yaml", PET)?;
        repository.write("specs/pets/overlay.yaml", OVERLAY)?;
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        repository.commit()?;
        repository.git(&["checkout", "--quiet", "-b", "topic"])?;
        Ok(repository)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    fn write(&self, path: &str, text: &str) -> Result {
        let path = self.path(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        Ok(fs::write(path, text)?)
    }

    /// Replaces a part of one of the API's files.
    fn change(&self, file: &str, from: &str, to: &str) -> Result {
        let file = format!("specs/pets/{file}");
        let text = fs::read_to_string(self.path(&file))?;
        assert!(text.contains(from), "{text}");
        self.write(&file, &text.replace(from, to))
    }

    fn git(&self, arguments: &[&str]) -> Result {
        let output = Command::new("git").arg("-C").arg(self.directory.path()).args(arguments).output()?;
        if output.status.success() { Ok(()) } else { Err(text(&output.stderr).into()) }
    }

    fn commit(&self) -> Result {
        self.git(&["add", "--all"])?;
        let who = ["-c", "user.name=test", "-c", "user.email=test@pets.example", "-c", "commit.gpgsign=false"];
        self.git(&[who.as_slice(), &["commit", "--quiet", "--message", "change"]].concat())
    }

    fn xtask(&self, name: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg(name).args(arguments).arg("--workspace").arg(self.directory.path());
        Ok(command.current_dir(self.directory.path()).output()?)
    }

    fn diff(&self, arguments: &[&str]) -> Result<Output> {
        self.xtask("diff", arguments)
    }

    /// Returns the exit code and the output, with errors at the end.
    fn run(&self, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let output = self.diff(arguments)?;
        Ok((output.status.code(), text(&output.stdout) + &text(&output.stderr)))
    }
}

/// Returns the fingerprint of the first change in a review.
fn fingerprint(review: &str) -> Result<String> {
    let line = review.lines().find_map(|line| line.trim().strip_prefix("fingerprint "));
    Ok(line.ok_or("no fingerprint")?.trim().to_owned())
}

#[test]
fn working_tree_is_compared_with_the_merge_base() -> Result {
    let repository = Repository::new()?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(0), "{review}");
    assert!(review.starts_with("pets 1\n  nothing changed\n"), "{review}");
    repository.change("pet.yaml", "age: {type: integer}", "age: {type: string}")?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(1), "{review}");
    for line in [
        "  breaking[type-changed] property `age` of the response is now of type string instead of type integer\n",
        "  breaking[rust-field-type-changed] the field `age` is now `Option<String>` instead of `Option<i64>`\n",
        "    Rust        pets::types::Pet::age\n    operations  GET /pets\n",
        ":specs/pets/pet.yaml:3:36\n    is          specs/pets/pet.yaml:3:36\n",
        "Deployed clients break: 1 breaking change\nRust callers break: 1 breaking change\n",
        "Version 0.3.1 to 0.4.0 required: the field `age` is now `Option<String>` instead of `Option<i64>` \
         (`pets::types::Pet::age`)\n",
    ] {
        assert!(review.contains(line), "{line}{review}");
    }
    repository.write("Cargo.toml", "[workspace.package]\nversion = \"0.4.0\"\n")?;
    let (_, review) = repository.run(&["pets", "--base", "main"])?;
    assert!(review.contains("Version 0.3.1 to 0.4.0 required, and declared: "), "{review}");
    assert!(review.contains("    was         main:specs/pets/pet.yaml:3:36\n"), "{review}");
    // Later changes on main do not belong to the branch.
    repository.git(&["stash", "--quiet"])?;
    repository.git(&["checkout", "--quiet", "main"])?;
    repository.change("openapi.yaml", "/pets:", "/animals:")?;
    repository.change("overlay.yaml", "/pets", "/animals")?;
    repository.commit()?;
    repository.git(&["checkout", "--quiet", "topic"])?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(0), "{review}");
    Ok(())
}

#[test]
fn ignored_keywords_are_notes_with_their_locations() -> Result {
    let repository = Repository::new()?;
    repository.change("pet.yaml", "age: {type: integer}", "age: {type: integer}, tags: {type: object}")?;
    repository.commit()?;
    repository.change("pet.yaml", "tags: {type: object}", "tags: {type: object, propertyNames: {maxLength: 3}}")?;
    let (_, review) = repository.run(&["--base", "HEAD"])?;
    let (_, notes) = review.split_once("\nNotes\n").ok_or_else(|| review.clone())?;
    let expected = "info[coverage-unsupported-added] the unsupported keyword `Schema.propertyNames` was added in 1 place: \
        `#/components/schemas/pet/properties/tags/propertyNames`\n    coverage    Schema.propertyNames\n    is          specs/pets/pet.yaml:3:";
    assert!(notes.contains(expected), "{review}");
    Ok(())
}

#[test]
fn overlays_are_reviewed_with_their_documents() -> Result {
    let repository = Repository::new()?;
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: index")?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(1), "{review}");
    assert!(review.contains("breaking[rust-method-renamed] `all` was renamed to `index`"), "{review}");
    assert!(
        review.ends_with("Version 0.3.1 to 0.4.0 required: `all` was renamed to `index` (`pets::pets::Pets::all`)\n"),
        "{review}"
    );
    Ok(())
}

#[test]
fn changelog_entry_is_for_callers() -> Result {
    let repository = Repository::new()?;
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: index")?;
    let output = repository.xtask("changelog", &[])?;
    let entry = text(&output.stdout);
    assert_eq!(entry, "## 0.4.0\n\n### pets 1\n\nBreaking:\n\n- `pets::Pets::all`: `all` was renamed to `index`.\n");
    Ok(())
}

#[test]
fn severity_for_failure_is_configurable() -> Result {
    let repository = Repository::new()?;
    repository.change("pet.yaml", "age: {type: integer}", "age: {type: integer, default: 1}, size: {type: integer}")?;
    for (level, expected) in [("breaking", 0), ("warning", 0), ("never", 0)] {
        assert_eq!(repository.run(&["--fail-on", level])?.0, Some(expected), "{level}");
    }
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: all, x-idempotent: false")?;
    for (level, expected) in [("breaking", 0), ("warning", 1), ("never", 0)] {
        let (code, review) = repository.run(&["--fail-on", level])?;
        assert_eq!(code, Some(expected), "{level}: {review}");
    }
    repository.change("pet.yaml", "age: {type: integer", "age: {type: string")?;
    for (level, expected) in [("breaking", 1), ("warning", 1), ("never", 0)] {
        assert_eq!(repository.run(&["--fail-on", level])?.0, Some(expected), "{level}");
    }
    Ok(())
}

#[test]
fn changes_are_accepted_by_fingerprint() -> Result {
    let repository = Repository::new()?;
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: index")?;
    let fingerprint = fingerprint(&repository.run(&[])?.1)?;
    let entry = |fingerprint: &str, reason: &str| {
        format!("[[accepted]]\nfingerprint = \"{fingerprint}\"\nreason = \"{reason}\"\n")
    };
    repository.write("specs/pets/accepted.toml", &entry(&fingerprint, "nobody called it"))?;
    let (code, review) = repository.run(&["--fail-on", "warning"])?;
    assert_eq!(code, Some(0), "{review}");
    assert!(review.contains("    accepted    nobody called it\n"), "{review}");
    // The change has the same fingerprint when lines move.
    repository.change("overlay.yaml", "actions:", "# Another line.\nactions:")?;
    assert_eq!(repository.run(&[])?.0, Some(0));
    repository.change("overlay.yaml", "x-rust-name: index", "x-rust-name: all")?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(2), "{review}");
    let fault = format!(
        "error: specs/pets/accepted.toml:2:15: no change has the fingerprint `{fingerprint}`; remove this entry\n"
    );
    assert!(review.ends_with(&fault), "{review}");
    for (text, fault) in [
        (entry(&fingerprint, " "), "specs/pets/accepted.toml:3:10: the reason must not be empty"),
        ("[[accepted]]\nfinger = ''\n".to_owned(), "specs/pets/accepted.toml:2:1: unknown field `finger`"),
    ] {
        repository.write("specs/pets/accepted.toml", &text)?;
        let (code, review) = repository.run(&[])?;
        assert!(code == Some(2) && review.contains(fault), "{review}");
    }
    Ok(())
}

#[test]
fn apis_are_added_and_removed() -> Result {
    let repository = Repository::new()?;
    repository.git(&["mv", "specs/pets", "specs/cats"])?;
    let (code, review) = repository.run(&[])?;
    assert_eq!(code, Some(1), "{review}");
    assert!(review.contains("info[rust-client-added] the API `cats` was added, with one operation"), "{review}");
    assert!(
        review.contains("breaking[rust-client-removed] the API `pets` was removed, with one operation"),
        "{review}"
    );
    assert_eq!(repository.run(&["cats"])?.0, Some(0));
    let (code, review) = repository.run(&["dogs"])?;
    assert_eq!(code, Some(2));
    assert!(review.contains("`dogs` is neither a document nor an API; specs/ contains cats, pets"), "{review}");
    Ok(())
}

#[test]
fn any_two_documents_can_be_compared() -> Result {
    let repository = Repository::new()?;
    repository.change("pet.yaml", "required: [name]", "required: [name, age]")?;
    let (code, review) = repository.run(&["main:specs/pets/openapi.yaml", "specs/pets/openapi.yaml"])?;
    assert_eq!(code, Some(1), "{review}");
    assert!(
        review.contains("Rust        pets::types::Pet::age\n") && review.contains("main:specs/pets/pet.yaml:3:"),
        "{review}"
    );
    // Both have the overlay next to them; otherwise the method would be renamed.
    assert!(!review.contains("rust-method-renamed"), "{review}");
    let bare = DOCUMENT.replace("{$ref: 'pet.yaml'}", "{type: string}");
    repository.write("old.yaml", &bare)?;
    repository.commit()?;
    repository.write("new.yaml", &bare.replace("/pets:", "/cats:"))?;
    let (code, review) = repository.run(&["HEAD:old.yaml", "new.yaml"])?;
    assert_eq!(code, Some(1), "{review}");
    assert!(review.contains("breaking[operation-removed]") && review.contains("HEAD:./old.yaml:"), "{review}");
    Ok(())
}

#[test]
fn all_formats_are_valid() -> Result {
    let repository = Repository::new()?;
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: index")?;
    let (_, markdown) = repository.run(&["--format", "markdown"])?;
    assert!(
        markdown.starts_with("**Deployed clients are not affected.** **Rust callers break: 1 breaking change.**"),
        "{markdown}"
    );
    assert!(markdown.contains("- **breaking:** `all` was renamed to `index`: `pets::pets::Pets::all`\n"), "{markdown}");
    let (_, json) = repository.run(&["--format", "json"])?;
    let json: serde_json::Value = serde_json::from_str(&json)?;
    assert_eq!(json["apis"][0]["changes"][0]["rule"], "rust-method-renamed");
    let (_, commands) = repository.run(&["--format", "github"])?;
    assert!(commands.starts_with("::error file=specs/pets/"), "{commands}");
    for (format, begin) in [("html", "<!doctype html>"), ("junit", "<?xml "), ("sarif", "{")] {
        let (code, shown) = repository.run(&["--format", format])?;
        assert!(code == Some(1) && shown.starts_with(begin), "{format}: {shown}");
    }
    Ok(())
}

#[test]
fn affected_lines_of_a_program_are_listed() -> Result {
    let repository = Repository::new()?;
    repository.change("overlay.yaml", "x-rust-name: all", "x-rust-name: index")?;
    repository.write("app/src/main.rs", "fn main() {\n    client.pets().all();\n}\n")?;
    let app = repository.path("app").display().to_string();
    let (_, review) = repository.run(&["--callers", &app])?;
    assert!(review.contains("app/src/main.rs:2: client.pets().all();\n"), "{review}");
    let (code, fault) = repository.run(&["--callers", &app, "--format", "json"])?;
    assert!(code == Some(2) && fault.contains("--callers requires"), "{fault}");
    Ok(())
}

#[test]
fn errors_are_reported_and_exit_with_two() -> Result {
    let repository = Repository::new()?;
    let cases: [(&[&str], &str); 4] = [
        (&["--base", "nowhere"], "unknown revision `nowhere`"),
        (&["--base", "--output=x"], "unexpected argument"),
        (&["nowhere:a.yaml", "main:a.yaml"], "unknown revision `nowhere`"),
        (&["main:a.yaml", "main:b.yaml"], "cannot read `main:./a.yaml`"),
    ];
    for (arguments, fault) in cases {
        let (code, shown) = repository.run(arguments)?;
        assert!(code == Some(2) && shown.contains(fault), "{arguments:?}: {shown}");
    }
    repository.change("openapi.yaml", "'pet.yaml'", "'../../pet.yaml'")?;
    repository.write("pet.yaml", PET)?;
    repository.commit()?;
    let (code, shown) = repository.run(&["--base", "HEAD"])?;
    assert!(code == Some(2) && shown.contains("HEAD:specs/pets/openapi.yaml:12:"), "{shown}");
    let lone = tempfile::tempdir()?;
    fs::create_dir_all(lone.path().join("specs/pets"))?;
    fs::write(lone.path().join("specs/pets/openapi.yaml"), DOCUMENT.replace("{$ref: 'pet.yaml'}", "{type: string}"))?;
    let output = Repository { directory: lone }.diff(&[])?;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("use --base to set the revision"), "{}", text(&output.stderr));
    Ok(())
}

#[test]
fn a_name_that_is_kept_is_a_note() -> Result {
    let repository = Repository::new()?;
    let lock = "[operations]\n\"GET /pets\" = { tag = \"Pets\", method = \"all\" }\n";
    repository.write("specs/pets/names.lock", lock)?;
    repository.write("specs/pets/openapi.yaml", &DOCUMENT.replace("[Pets]", "[Animals]"))?;
    let shown = text(&repository.diff(&["pets"])?.stdout);
    assert!(shown.contains("`pets` keeps its name; the document's is `animals`"), "{shown}");
    assert!(!shown.contains("rust-resource-renamed"), "{shown}");
    Ok(())
}
