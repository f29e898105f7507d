//! Concurrent and killed runs of `regen`: the tree is always either the complete old one or the complete new one.
//!
//! `REGEN_ROUNDS` and `REGEN_KILLS` set the number of repetitions; a few by default.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{DOCUMENT, Result, Workspace, text, tree};

type Files = Vec<(PathBuf, String)>;

/// A workspace in a git repository, and the trees generated for two documents.
struct Scene {
    workspace: Workspace,
    documents: [String; 2],
    trees: [Files; 2],
    /// The duration of a run.
    duration: Duration,
}

fn how_often(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Returns a document with many tags, and thus many files; a third of them are also in the other document.
fn document(name: &str) -> String {
    let operation = |number: usize| {
        let tag = if number.is_multiple_of(3) { "shared" } else { name };
        format!(
            "  /{tag}{number}:\n    get: {{tags: [{tag} {number}], responses: {{'200': {{description: '', content: \
             {{application/json: {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}}}}}}}\n"
        )
    };
    let paths: String = (0..120).map(operation).collect();
    format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nservers: [{{url: https://t.example}}]\npaths:\n{paths}")
}

impl Scene {
    fn new() -> Result<Self> {
        let workspace = Workspace::new()?;
        let documents = ["first", "second"].map(document);
        let mut trees = [Vec::new(), Vec::new()];
        let mut duration = Duration::ZERO;
        for (document, files) in documents.iter().zip(&mut trees) {
            fs::write(workspace.path("specs/pets/openapi.yaml"), document)?;
            let started = Instant::now();
            let output = workspace.run(&["regen"])?;
            duration = started.elapsed();
            assert!(output.status.success(), "{}", text(&output.stderr));
            *files = tree(&workspace.path("generated/src"))?;
            assert!(files.len() > 120, "{}", files.len());
        }
        let scene = Self { workspace, documents, trees, duration };
        scene.git(&["init", "--quiet"])?;
        scene.git(&["add", "."])?;
        Ok(scene)
    }

    fn git(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("git").arg("-C").arg(self.workspace.path("")).args(arguments).output()?;
        assert!(output.status.success(), "{}", text(&output.stderr));
        Ok(text(&output.stdout))
    }

    /// Returns true if a run has a staging directory, or had one when it was killed.
    fn is_writing(&self) -> bool {
        self.workspace.path("generated/.xtask-staging").exists()
    }

    fn write_document(&self, number: usize) -> Result {
        Ok(fs::write(self.workspace.path("specs/pets/openapi.yaml"), &self.documents[number % 2])?)
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["regen", "--workspace"]).arg(self.workspace.path(""));
        Ok(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?)
    }

    /// Checks that the tree is one of the two, and that git sees no other files.
    fn check(&self, round: usize) -> Result {
        let files = tree(&self.workspace.path("generated/src"))?;
        assert!(self.trees.contains(&files), "round {round}: {} files of neither tree", files.len());
        let untracked = self.git(&["ls-files", "--others", "--exclude-standard"])?;
        let stray = untracked.lines().find(|path| !path.starts_with("generated/src/"));
        assert_eq!(stray, None, "round {round}");
        Ok(())
    }

    /// Checks that nothing is left next to the tree, and that the tree is up to date.
    fn check_end(&self) -> Result {
        assert!(self.workspace.run(&["regen"])?.status.success());
        assert_eq!(self.workspace.run(&["regen", "--check"])?.status.code(), Some(0));
        let names: Vec<_> = fs::read_dir(self.workspace.path("generated"))?.flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["src"]);
        Ok(())
    }
}

#[test]
fn concurrent_runs_leave_the_complete_new_tree() -> Result {
    let scene = Scene::new()?;
    for round in 0..how_often("REGEN_ROUNDS", 4) {
        scene.write_document(round)?;
        let running: Vec<Child> = (0..3).map(|_| scene.start()).collect::<Result<_>>()?;
        for child in running {
            let output = child.wait_with_output()?;
            assert!(output.status.success(), "round {round}: {}", text(&output.stderr));
        }
        assert!(tree(&scene.workspace.path("generated/src"))? == scene.trees[round % 2], "round {round}");
        scene.check(round)?;
    }
    scene.check_end()
}

#[test]
fn killed_runs_leave_a_complete_tree() -> Result {
    let scene = Scene::new()?;
    let mut left_behind = 0;
    let kills = how_often("REGEN_KILLS", 15);
    // On a busy machine runs may finish before they are killed.
    for round in 0..20 * kills {
        if round >= kills && left_behind > 0 {
            break;
        }
        scene.write_document(round)?;
        let started = Instant::now();
        let mut running: Vec<Child> = (0..=round % 3).map(|_| scene.start()).collect::<Result<_>>()?;
        for child in &mut running {
            // Kill the run at any moment, or while it writes.
            if round % 2 == 0 {
                sleep(scene.duration.mul_f64(1.2 * fastrand::f64()).saturating_sub(started.elapsed()));
            } else {
                while !scene.is_writing() && child.try_wait()?.is_none() {
                    sleep(Duration::from_micros(50));
                }
                // Kill immediately in every second of these rounds: a fast machine may finish writing during the sleep.
                let delay = if round % 4 == 1 { 0 } else { fastrand::u64(..15_000) };
                sleep(Duration::from_micros(delay));
            }
            child.kill()?;
        }
        for mut child in running {
            child.wait()?;
        }
        scene.check(round)?;
        if scene.is_writing() {
            left_behind += 1;
            let check = scene.workspace.run(&["regen", "--check"])?;
            assert_eq!(check.status.code(), Some(1));
            assert!(text(&check.stdout).contains("was left by a run that was killed"), "{}", text(&check.stdout));
        }
    }
    println!("{left_behind} of the runs were killed while they wrote");
    assert!(left_behind > 0, "no run was killed while it wrote");
    scene.check_end()
}

#[test]
fn documents_and_sources_are_replaced_together() -> Result {
    let workspace = Workspace::new()?;
    fs::write(
        workspace.path("specs/pets/overlay.yaml"),
        "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions: []\n",
    )?;
    let upstream = [1, 2].map(|version| workspace.path(&format!("upstream{version}.yaml")));
    for (path, version) in upstream.iter().zip(["1", "2"]) {
        fs::write(path, DOCUMENT.replace("version: '1'", &format!("version: '{version}'")))?;
    }
    let vendor = |number: usize| -> Result<Child> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["vendor", "pets", "--url", "https://pets.example", "--workspace"]).arg(workspace.path(""));
        command.arg(&upstream[number % 2]).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.spawn()?)
    };
    let started = Instant::now();
    vendor(0)?.wait()?;
    let duration = started.elapsed();
    for round in 1..how_often("REGEN_KILLS", 15) {
        let mut child = vendor(round)?;
        sleep(duration.mul_f64(1.2 * fastrand::f64()));
        child.kill()?;
        child.wait()?;
        let document = fs::read_to_string(workspace.path("specs/pets/openapi.yaml"))?;
        let source = fs::read_to_string(workspace.path("specs/pets/source.toml"))?;
        let version = if document.contains("version: '1'") { "version = \"1\"" } else { "version = \"2\"" };
        assert!(source.contains(version), "round {round}: {document}\n{source}");
        assert!(workspace.path("specs/pets/overlay.yaml").exists(), "round {round}");
    }
    for number in 0..2 {
        vendor(number)?.wait()?;
    }
    assert!(!workspace.path("specs/.xtask-staging").exists());
    Ok(())
}
