//! `regen` several times at once, and killed at any moment: the tree is the complete old one or the complete new one.
//!
//! `REGEN_ROUNDS` and `REGEN_KILLS` say how often; a few times by default.

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use support::{Result, Workspace, text, tree};

type Files = Vec<(PathBuf, String)>;

/// A workspace in a git repository, and the trees that two documents become.
struct Scene {
    workspace: Workspace,
    documents: [String; 2],
    trees: [Files; 2],
}

fn how_often(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// A document of many tags, and so of many files; a third of them are the other document's, too.
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
        for (document, files) in documents.iter().zip(&mut trees) {
            fs::write(workspace.path("specs/pets/openapi.yaml"), document)?;
            let output = workspace.run(&["regen"])?;
            assert!(output.status.success(), "{}", text(&output.stderr));
            *files = tree(&workspace.path("generated/src"))?;
            assert!(files.len() > 120, "{}", files.len());
        }
        let scene = Self { workspace, documents, trees };
        scene.git(&["init", "--quiet"])?;
        scene.git(&["add", "."])?;
        Ok(scene)
    }

    fn git(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("git").arg("-C").arg(self.workspace.path("")).args(arguments).output()?;
        assert!(output.status.success(), "{}", text(&output.stderr));
        Ok(text(&output.stdout))
    }

    fn write_document(&self, number: usize) -> Result {
        Ok(fs::write(self.workspace.path("specs/pets/openapi.yaml"), &self.documents[number % 2])?)
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["regen", "--workspace"]).arg(self.workspace.path(""));
        Ok(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?)
    }

    /// The tree is one of the two, and git sees nothing else.
    fn check(&self, round: usize) -> Result {
        let files = tree(&self.workspace.path("generated/src"))?;
        assert!(self.trees.contains(&files), "round {round}: {} files of neither tree", files.len());
        let untracked = self.git(&["ls-files", "--others", "--exclude-standard"])?;
        let stray = untracked.lines().find(|path| !path.starts_with("generated/src/"));
        assert_eq!(stray, None, "round {round}");
        Ok(())
    }

    /// Nothing is left beside the tree, and it is fresh.
    fn check_end(&self) -> Result {
        assert!(self.workspace.run(&["regen"])?.status.success());
        assert_eq!(self.workspace.run(&["regen", "--check"])?.status.code(), Some(0));
        let names: Vec<_> = fs::read_dir(self.workspace.path("generated"))?.flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["src"]);
        Ok(())
    }
}

#[test]
fn three_runs_at_once_leave_the_complete_new_tree() -> Result {
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
fn a_run_that_is_killed_leaves_a_complete_tree() -> Result {
    let scene = Scene::new()?;
    let mut left_behind = 0;
    for round in 0..how_often("REGEN_KILLS", 15) {
        scene.write_document(round)?;
        let mut running: Vec<Child> = (0..=round % 3).map(|_| scene.start()).collect::<Result<_>>()?;
        for child in &mut running {
            sleep(Duration::from_micros(fastrand::u64(..120_000)));
            child.kill()?;
        }
        for mut child in running {
            child.wait()?;
        }
        scene.check(round)?;
        if scene.workspace.path("generated/.xtask-staging").exists() {
            left_behind += 1;
            let check = scene.workspace.run(&["regen", "--check"])?;
            assert_eq!(check.status.code(), Some(1));
            assert!(text(&check.stdout).contains("was left by a run that was killed"), "{}", text(&check.stdout));
        }
    }
    println!("{left_behind} runs were killed while they wrote");
    scene.check_end()
}
