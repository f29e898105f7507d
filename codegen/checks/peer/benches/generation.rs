//! The cost of generating crates: our generator compared with progenitor's library, and the growth of ours with the
//! size of the document.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::Generate;
use crm_clients_generator::emit::{CrateOptions, Header, crate_files};
use crm_clients_progenitor::{Order, package};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const ROUNDS: usize = 15;

fn main() -> Outcome {
    println!("| generation, in process | ours | progenitor | aim, in brackets |");
    println!("|---|---|---|---|");
    for (api, file) in [("kajabi", "openapi.yaml"), ("chatwoot", "openapi.json")] {
        compare(api, file)?;
    }
    growth()?;
    large()
}

/// A document with its overlay, in memory.
struct Document {
    name: String,
    text: Vec<u8>,
    overlay: Option<Vec<u8>>,
}

impl Document {
    fn vendored(api: &str, file: &str) -> Outcome<Self> {
        let directory = specs().join(api);
        let overlay = Some(fs::read(directory.join("overlay.yaml"))?);
        Ok(Self { name: file.to_owned(), text: fs::read(directory.join(file))?, overlay })
    }

    fn walk<T>(&self, work: impl FnOnce(&mut Pipeline, &Input<'_>) -> Option<T>) -> Outcome<T> {
        let read = |_: &str| Ok(self.text.clone());
        let overlays: Vec<_> = self.overlay.iter().map(|text| ("overlay.yaml", text.as_slice())).collect();
        let input = Input { document: &self.name, read: &read, overlays: &overlays };
        let mut walk = Pipeline::new();
        work(&mut walk, &input).ok_or_else(|| walk.report(false).into())
    }

    /// Runs all steps, from the document's bytes to the text of a crate. Returns the number of operations.
    fn generate(&self) -> Outcome<usize> {
        let api = self.walk(|walk, input| walk.ir(input, "client"))?;
        let options = CrateOptions::new("client");
        black_box(crate_files(&api, &options, Header { command: "generate", source: &self.name }));
        Ok(api.resources.iter().map(|resource| resource.operations.len()).sum())
    }
}

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../specs")
}

/// The cost in seconds: wall-clock time, and CPU time of all processors.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    const MOST: Self = Self { wall: f64::INFINITY, cpu: f64::INFINITY };

    /// Repeats the work and keeps the lower cost: disturbances only ever increase it.
    fn lower<T>(&mut self, work: impl FnOnce() -> Outcome<T>) -> Outcome {
        let (begun, used) = (Instant::now(), processor_time());
        black_box(work()?);
        self.wall = self.wall.min(begun.elapsed().as_secs_f64());
        self.cpu = self.cpu.min(processor_time() - used);
        Ok(())
    }
}

fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Prints rows: ours from the vendored document with its overlay, and from the lowered document; progenitor from the
/// latter, adapted.
fn compare(api: &str, file: &str) -> Outcome {
    let vendored = Document::vendored(api, file)?;
    let text = serde_json::to_vec(&vendored.walk(Pipeline::lowered)?)?;
    let lowered = Document { name: "openapi.json".to_owned(), text, overlay: None };
    let adapted = vendored.walk(|walk, input| walk.for_progenitor(input, "client"))?;
    let order = Order { name: "client".to_owned(), source: file.to_owned(), document: adapted };
    let (mut whole, mut same, mut theirs) = (Cost::MOST, Cost::MOST, Cost::MOST);
    for _ in 0..ROUNDS {
        whole.lower(|| vendored.generate())?;
        same.lower(|| lowered.generate())?;
        theirs.lower(|| Ok(package(&order)?))?;
    }
    for (what, ours) in [("the lowered document", same), ("the vendored one, overlaid and lowered", whole)] {
        for (unit, ours, theirs) in [("", ours.wall, theirs.wall), (", processor time", ours.cpu, theirs.cpu)] {
            let (ours, theirs) = (ours * 1e3, theirs * 1e3);
            let ratio = ours / theirs;
            println!("| {api}: generation from {what}{unit} | {ours:.0} ms | {theirs:.0} ms ({ratio:.2}) | 0.25 |");
        }
    }
    Ok(())
}

/// Prints the cost of an operation in Chatwoot's document, and in documents that contain it several times.
fn growth() -> Outcome {
    let overlaid = Document::vendored("chatwoot", "openapi.json")?.walk(Pipeline::overlaid)?;
    let mut measured = Vec::new();
    for copies in [1, 4, 16] {
        let text = serde_json::to_vec(&repeated(&overlaid, copies))?;
        let document = Document { name: "openapi.json".to_owned(), text, overlay: None };
        measured.push((copies, document.generate()?, document, Cost::MOST));
    }
    for _ in 0..ROUNDS {
        for (_, _, document, cost) in &mut measured {
            cost.lower(|| document.generate())?;
        }
    }
    let mut once = None;
    for (copies, operations, _, Cost { wall, cpu }) in measured {
        let [wall, cpu] = [wall, cpu].map(|seconds| seconds * 1e6 / operations as f64);
        let (first_wall, first_cpu) = *once.get_or_insert((wall, cpu));
        println!(
            "| {operations} operations, chatwoot {copies} times: one of them | {wall:.0} µs ({:.2} of once), \
             processor {cpu:.0} µs ({:.2}) | | 1.30 of once |",
            wall / first_wall,
            cpu / first_cpu
        );
    }
    Ok(())
}

/// Prints the cost of an operation in documents that are larger than any published one.
fn large() -> Outcome {
    let mut once = None;
    for operations in [20_000, 50_000, 100_000] {
        let text = serde_json::to_vec(&synthetic(operations))?;
        let document = Document { name: "openapi.json".to_owned(), text, overlay: None };
        let mut cost = Cost::MOST;
        cost.lower(|| document.generate())?;
        let [wall, cpu] = [cost.wall, cost.cpu].map(|seconds| seconds * 1e6 / operations as f64);
        let first = *once.get_or_insert(cpu);
        println!(
            "| {operations} operations: one of them | {wall:.0} µs, processor {cpu:.0} µs ({:.2} of 20000) | | 1.30 of 20000 |",
            cpu / first
        );
    }
    Ok(())
}

/// Returns a document with this many operations: tags whose names collide in Rust, and a chain of schemas that differ
/// at its end.
fn synthetic(operations: usize) -> Value {
    let schemas = operations / 4;
    let reference = |index: usize| json!({ "$ref": format!("#/components/schemas/Thing{index}") });
    let path = |index: usize| {
        let content = json!({ "application/json": { "schema": reference(index / 4) } });
        let tag = format!("Thing{}{}", "!".repeat(index / 8 % 50), "?".repeat(index / 400));
        let operation = json!({ "tags": [tag], "responses": { "200": { "description": "", "content": content } } });
        (format!("/things{index}"), json!({ "get": operation }))
    };
    let schema = |index: usize| {
        let next = if index + 1 < schemas { reference(index + 1) } else { json!({ "type": "string" }) };
        (format!("Thing{index}"), json!({ "type": "object", "properties": { "next": next } }))
    };
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Large", "version": "1" },
        "paths": (0..operations).map(path).collect::<serde_json::Map<_, _>>(),
        "components": { "schemas": (0..schemas).map(schema).collect::<serde_json::Map<_, _>>() },
    })
}

/// Returns the document with several copies of its contents, each with its own names.
fn repeated(document: &Value, copies: usize) -> Value {
    let mut whole = document.clone();
    for copy in 1..copies {
        let suffix = format!("Copy{copy}");
        let mut document = document.clone();
        rename(&mut document, &suffix);
        add(&mut whole["paths"], &document["paths"], |path| format!("/{suffix}{path}"));
        for (section, components) in document["components"].as_object().into_iter().flatten() {
            // Credentials are not referred to by `$ref`.
            if section != "securitySchemes" {
                add(&mut whole["components"][section], components, |name| format!("{name}{suffix}"));
            }
        }
    }
    whole
}

/// Adds members with different names.
fn add(all: &mut Value, members: &Value, name: impl Fn(&str) -> String) {
    if let (Value::Object(all), Value::Object(members)) = (all, members) {
        all.extend(members.iter().map(|(key, value)| (name(key), value.clone())));
    }
}

/// Renames everything that is referred to or must have a unique name.
fn rename(node: &mut Value, suffix: &str) {
    match node {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("$ref" | "operationId" | "x-rust-name", Value::String(text)) => text.push_str(suffix),
                    ("tags", Value::Array(tags)) => {
                        for tag in tags {
                            *tag = format!("{}{suffix}", tag.as_str().unwrap_or_default()).into();
                        }
                    }
                    (_, value) => rename(value, suffix),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, suffix)),
        _ => {}
    }
}
