//! `vendor` from a URL, with a server on this machine that publishes the document.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use support::{DOCUMENT, Result, Workspace, text, tree, xtask};

/// Responds to each connection with the same bytes, and sends the first line of the request to the receiver.
fn serve(answer: impl Into<Vec<u8>>) -> Result<(String, Receiver<String>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let answer = answer.into();
    let (told, asked) = mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { break };
            let mut lines = BufReader::new(&connection).lines().map_while(std::result::Result::ok);
            _ = told.send(lines.next().unwrap_or_default());
            // Read the whole head: unread bytes would reset the connection.
            lines.find(String::is_empty);
            // The client may close the connection early.
            _ = connection.write_all(&answer);
        }
    });
    Ok((address, asked))
}

/// Publishes a document and returns its URL.
fn publish(document: &str) -> Result<String> {
    let length = document.len();
    let (address, _) = serve(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{document}"))?;
    Ok(format!("http://{address}/openapi.yaml"))
}

fn redirect(location: &str) -> Result<String> {
    let (address, _) = serve(format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"))?;
    Ok(format!("http://{address}/openapi.yaml"))
}

/// Vendors from a URL that must be rejected: exit code 2, and no files change. Returns the output.
#[track_caller]
fn refused(workspace: &Workspace, arguments: &[&str]) -> Result<String> {
    let before = tree(&workspace.path("specs"))?;
    let output = workspace.run(&[&["vendor", "pets"], arguments].concat())?;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(tree(&workspace.path("specs"))?, before, "a rejected document changes nothing");
    Ok(said)
}

/// Returns a workspace whose API has a source.
fn workspace(url: &str) -> Result<Workspace> {
    let workspace = Workspace::new()?;
    let output = workspace.run(&["vendor", "pets", &publish(DOCUMENT)?, "--url", url, "--revision", "one"])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    Ok(workspace)
}

#[test]
fn documents_are_vendored_from_the_url_of_their_source() -> Result {
    let moved = DOCUMENT.replace("version: '1'", "version: '2'").replace("/pets:", "/pets/all:");
    let workspace = workspace(&publish(&moved)?)?;
    let check = workspace.run(&["vendor", "pets", "--check"])?;
    let said = text(&check.stdout);
    assert_eq!(check.status.code(), Some(1), "{said}{}", text(&check.stderr));
    for part in ["version 1 -> 2", "Deployed clients break: 1 breaking change", "run `cargo xtask vendor pets`"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?.contains("/pets:"),
        "`--check` writes nothing"
    );

    let output = workspace.run(&["vendor", "pets", "--date", "2026-02-03"])?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let review = text(&output.stdout);
    assert!(review.contains("breaking[operation-removed] ") && review.contains("GET /pets/all"), "{review}");
    assert!(review.contains("before:specs/pets/openapi.yaml:"), "{review}");
    assert!(fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?.contains("/pets/all:"));
    let source = fs::read_to_string(workspace.path("specs/pets/source.toml"))?;
    assert!(source.contains("version = \"2\"") && source.contains("date = \"2026-02-03\""), "{source}");
    assert!(!source.contains("revision"), "the revision belongs to the old document: {source}");
    assert_eq!(workspace.run(&["vendor", "pets", "--check"])?.status.code(), Some(0));

    let again = workspace.run(&["vendor", "pets"])?;
    assert!(text(&again.stdout).contains("no changes"), "{}", text(&again.stdout));
    assert_eq!(fs::read_to_string(workspace.path("specs/pets/source.toml"))?, source, "the date is unchanged");
    Ok(())
}

#[test]
fn changes_of_descriptions_are_ignored() -> Result {
    let workspace = workspace(&publish(&DOCUMENT.replace("tags: [Pets]", "tags: [Pets]\n      summary: New"))?)?;
    let check = workspace.run(&["vendor", "pets", "--check"])?;
    assert_eq!(check.status.code(), Some(0));
    assert!(text(&check.stdout).contains("only in descriptions"), "{}", text(&check.stdout));
    Ok(())
}

#[test]
fn url_arguments_are_used_once_and_url_options_are_stored() -> Result {
    let workspace = workspace("https://pets.example/openapi.yaml")?;
    let url = |workspace: &Workspace| -> Result<bool> {
        Ok(fs::read_to_string(workspace.path("specs/pets/source.toml"))?.contains("https://pets.example/openapi.yaml"))
    };
    assert!(url(&workspace)?);
    let other = publish(&DOCUMENT.replace("string", "boolean"))?;
    assert_eq!(workspace.run(&["vendor", "pets", &other])?.status.code(), Some(0));
    assert!(url(&workspace)?, "the URL is used only once");
    assert_eq!(workspace.run(&["vendor", "pets", "--url", &other])?.status.code(), Some(0));
    assert!(!url(&workspace)?);
    assert_eq!(workspace.run(&["vendor", "cats", &other])?.status.code(), Some(0), "a new API stores it");
    Ok(())
}

#[test]
fn redirects_are_followed() -> Result {
    let workspace = Workspace::new()?;
    let redirected = redirect(&publish(DOCUMENT)?)?;
    assert_eq!(workspace.run(&["vendor", "pets", &redirected])?.status.code(), Some(0));
    Ok(())
}

#[test]
fn download_errors_have_a_reason_and_help() -> Result {
    let workspace = workspace("https://pets.example")?;
    let head = |head: &str, body: &str| -> Result<String> {
        let (address, _) = serve(format!("HTTP/1.1 {head}\r\n\r\n{body}"))?;
        Ok(format!("http://{address}/openapi.yaml"))
    };
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        format!("http://{}/", listener.local_addr()?)
    };
    for (url, reason) in [
        (head("404 Not Found\r\ncontent-length: 0", "")?, "the server responded 404"),
        (head("200 OK\r\ncontent-length: 68000000", "openapi: 3.1.0\n")?, "larger than the limit of 64 MiB"),
        (head("200 OK\r\nconnection: close", &"# no end\n".repeat(8 << 20))?, "larger than the limit of 64 MiB"),
        (head("200 OK\r\ncontent-length: 28", "\n<!doctype html><title></tit>")?, "found a web page"),
        (redirect("http://pets.example/openapi.yaml")?, "redirect to http://pets.example/openapi.yaml, which is not"),
        (redirect("/openapi.yaml")?, "more than 5 redirects"),
        (redirect("https://169.254.169.254/latest/meta-data/")?, "169.254.169.254 is not a public address"),
        (redirect("https://10.0.0.1/openapi.yaml")?, "10.0.0.1 is not a public address"),
        (redirect("https://[::ffff:192.168.1.1]/")?, "is not a public address"),
        (redirect("https://0xa9fea9fe/")?, "169.254.169.254 is not a public address"),
        (redirect("https://[fd00::1]/")?, "fd00::1 is not a public address"),
        (closed, "refused"),
    ] {
        let said = refused(&workspace, &[&url])?;
        assert!(said.starts_with(&format!("error: cannot fetch {url}")) && said.contains(reason), "{reason}: {said}");
        assert!(said.contains("`cargo xtask vendor pets FILE`"), "{said}");
    }
    Ok(())
}

#[test]
fn silent_servers_time_out() -> Result {
    let workspace = workspace("https://pets.example")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let silent = format!("http://{}/openapi.yaml", listener.local_addr()?);
    let said = refused(&workspace, &[&silent, "--timeout", "1"])?;
    assert!(said.contains("timed out after 1 s"), "{said}");
    Ok(())
}

#[test]
fn only_https_without_credentials_is_fetched() -> Result {
    let workspace = workspace("https://pets.example")?;
    for (url, reason) in [
        ("http://pets.example/openapi.yaml", "only https"),
        ("file:///openapi.yaml", "only https"),
        ("https://me:secret@pets.example/openapi.yaml", "contains credentials"),
        ("https://", "not a URL"),
        ("https://10.0.0.1/openapi.yaml", "not a public address"),
        ("https://[fe80::1]/openapi.yaml", "not a public address"),
    ] {
        let said = refused(&workspace, &[url])?;
        assert!(said.contains(reason) && !said.contains("secret"), "{said}");
    }
    Ok(())
}

#[test]
fn proxy_variables_are_used() -> Result {
    let workspace = workspace("https://pets.example/openapi.yaml")?;
    let (proxy, asked) = serve("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")?;
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["vendor", "pets", "--workspace"])
        .arg(workspace.path(""))
        .env("HTTPS_PROXY", format!("http://{proxy}"))
        .env_remove("ALL_PROXY")
        .env_remove("all_proxy")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(asked.recv()?.starts_with("CONNECT pets.example:443 "));
    Ok(())
}

#[test]
fn files_that_are_not_openapi_documents_are_rejected() -> Result {
    let workspace = workspace("https://pets.example")?;
    for (document, code) in [
        (DOCUMENT.replace("3.1.0", "4.0.0"), "unsupported-openapi"),
        (DOCUMENT.replace("schemas/pet'", "schemas/pat'"), "unknown-reference"),
        (DOCUMENT.replace("required: [name]", "required: 1"), "unreadable-value"),
    ] {
        let said = refused(&workspace, &[&publish(&document)?])?;
        assert!(said.contains(&format!("error[{code}]")), "{said}");
    }
    let overlay = "\
overlay: 1.1.0
info: {title: Pets, version: '1'}
actions:
  - target: $.components.schemas.pet.required
    remove: true
";
    fs::write(workspace.path("specs/pets/overlay.yaml"), overlay)?;
    let url = publish(&DOCUMENT.replace("required: [name]", "required: 1"))?;
    let output = workspace.run(&["vendor", "pets", &url])?;
    assert_eq!(output.status.code(), Some(0), "its overlay fixes it: {}{}", text(&output.stdout), text(&output.stderr));
    Ok(())
}

#[test]
fn all_outdated_actions_are_reported_at_once() -> Result {
    let workspace = workspace("https://pets.example")?;
    let overlay = "\
overlay: 1.1.0
info: {title: Pets, version: '1'}
actions:
  - target: $.components.schemas.pet.properties.age
    update: {description: Years}
  - target: $.components.schemas.pet.properties.name
    update: {type: string}
  - target: $.paths['/pets'].post
    remove: true
";
    fs::write(workspace.path("specs/pets/overlay.yaml"), overlay)?;
    let url = publish(&DOCUMENT.replace(", age: {type: [integer, 'null']}", ""))?;
    let output = workspace.run(&["vendor", "pets", &url])?;
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}{}", text(&output.stderr));
    for part in [
        "error[unmatched-target]",
        "warning[needless-action]",
        "overlay.yaml:4:5",
        "overlay.yaml:6:5",
        "overlay.yaml:8:5",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("the overlays in specs/pets have to follow"), "{said}");
    assert!(!fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?.contains("age"), "it is vendored");
    Ok(())
}

#[test]
fn documents_written_by_hand_are_not_replaced() -> Result {
    let output = xtask(&["vendor", "contactship", "--check"])?;
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("written by hand"));
    assert_eq!(xtask(&["vendor", "contactship"])?.status.code(), Some(2));
    Ok(())
}

/// Documents with several files are bundled, and the hashes of the other files are recorded.
#[test]
fn referenced_files_are_fetched_and_pinned() -> Result {
    let workspace = workspace("https://pets.example")?;
    let pet = "{\"type\": \"object\", \"required\": [\"name\"], \"properties\": {\"name\": {\"type\": \"string\"}}}";
    let note = publish(pet)?.replace("openapi.yaml", "note.json");
    let document = DOCUMENT.replace("#/components/schemas/pet", &note);
    assert!(document.contains(&note));
    // A local file must not refer to this machine.
    let file = workspace.path("upstream.yaml");
    fs::write(&file, &document)?;
    let refused = workspace.run(&["vendor", "pets", &file.display().to_string()])?;
    assert!(text(&refused.stderr).contains("it refers to this machine"), "{}", text(&refused.stderr));
    let output = workspace.run(&["vendor", "pets", &publish(&document)?])?;
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let vendored = fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?;
    assert!(!vendored.contains(&note), "{vendored}");
    let source = fs::read_to_string(workspace.path("specs/pets/source.toml"))?;
    assert!(source.contains("[files]") && source.contains("note.json"), "{source}");
    Ok(())
}

#[test]
fn urls_are_read_from_copies_listed_in_the_source() -> Result {
    let workspace = workspace("https://pets.example")?;
    let path = workspace.path("specs/pets/openapi.yaml");
    let document = fs::read_to_string(&path)?;
    fs::write(&path, document.replace("#/components/schemas/pet", "https://specs.example/pet.yaml"))?;
    fs::create_dir(workspace.path("specs/pets/copies"))?;
    fs::write(workspace.path("specs/pets/copies/pet.yaml"), "type: object\nproperties: {name: {type: string}}\n")?;
    let refused = workspace.run(&["lint", "pets"])?;
    assert!(text(&refused.stdout).contains("error[remote-reference]"), "{}", text(&refused.stdout));
    let source = workspace.path("specs/pets/source.toml");
    let own = fs::read_to_string(&source)?;
    fs::write(&source, format!("{own}\n[map]\n\"https://specs.example/\" = \"copies\"\n"))?;
    let read = workspace.run(&["lint", "pets"])?;
    assert!(!text(&read.stdout).contains("remote-reference"), "{}{}", text(&read.stdout), text(&read.stderr));
    fs::write(&source, format!("{own}\n[map]\n\"https://specs.example/\" = \"../copies\"\n"))?;
    let outside = workspace.run(&["lint", "pets"])?;
    assert!(text(&outside.stderr).contains("is not below specs/pets"), "{}", text(&outside.stderr));
    Ok(())
}
