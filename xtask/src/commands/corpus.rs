//! `cargo xtask corpus`: generates clients for many documents and checks the results.
//!
//! The steps run one after the other, so that they do not disturb each other's measurements: `generate` for each
//! document in its own process, a comparison of the operations in each document with those in its crate, a count of its
//! keywords, and one `cargo check` of all crates.

mod check;
mod child;
mod documents;
mod generated_index;
mod keywords;
mod record;
mod refusals;
mod report;
mod spec_index;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crm_clients_cli::{Error, Outcome, Project, say};
use indicatif::{ProgressBar, ProgressStyle};

use crate::commands::target_directory;
use documents::{Corpus, Document};
use record::Record;
use refusals::Refusals;
use report::Report;

/// Arguments of `corpus`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Directory of the documents, searched recursively
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Use only a sample of this many documents
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Seed of the sample; the same seed selects the same documents on every machine
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Also compile the crates
    #[arg(long)]
    compile: bool,
    /// Number of parallel processes (default: the number of processors)
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Time limit for generating a crate, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    time_out: u64,
    /// File with the documents that are expected to be rejected, and the reasons
    #[arg(long, value_name = "FILE")]
    refusals: Option<PathBuf>,
    /// Directory for the crates, `report.txt` and `report.json` (default: `corpus` in the target directory)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(workspace: &Project, arguments: &Arguments) -> Result<Outcome, Error> {
    let refusals = arguments.refusals.clone().unwrap_or_else(|| workspace.path("xtask/corpus/refusals.toml"));
    let refusals = Refusals::read(&refusals)?;
    let target = target_directory(workspace)?;
    let out = arguments.out.clone().unwrap_or_else(|| target.join("corpus"));
    let jobs = arguments.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
    let corpus = match arguments.sample {
        Some(size) => Corpus::sample(&arguments.directory, size, arguments.seed)?,
        None => Corpus::whole(&arguments.directory)?,
    };
    let crates = out.join("crates");
    fs::create_dir_all(&crates)?;

    let mut records = generate(workspace, arguments, &corpus.documents, &crates, jobs)?;
    let bar = progress("counting", records.len());
    for record in &mut records {
        record.count(&crates.join(&record.document.slug));
        bar.inc(1);
    }
    bar.finish_and_clear();
    if arguments.compile {
        let slugs: Vec<&str> =
            records.iter().filter(|record| record.is_generated()).map(|record| &*record.document.slug).collect();
        let bar = progress("compiling", slugs.len());
        let checked = check::check(workspace, &slugs, &crates, &out.join("workspace"), &target, jobs, &bar)?;
        bar.finish_and_clear();
        for record in &mut records {
            record.checked = checked.get(&record.document.slug).cloned();
        }
    }

    let report = Report::new(records, &corpus.passed_over, &refusals);
    fs::write(out.join("report.json"), serde_json::to_string_pretty(&report)? + "\n")?;
    let text = report.to_string();
    fs::write(out.join("report.txt"), &text)?;
    say!("{}", text.trim_end());
    Ok(if report.is_good() { Outcome::Done } else { Outcome::Different })
}

/// Generates a crate for each document, in the order of the documents.
fn generate(
    workspace: &Project,
    arguments: &Arguments,
    documents: &[Document],
    crates: &Path,
    jobs: usize,
) -> Result<Vec<Record>, Error> {
    let limit = Duration::from_secs(arguments.time_out);
    let bar = progress("generating", documents.len());
    let next = AtomicUsize::new(0);
    let made = Mutex::new(Vec::new());
    let work = || -> Result<(), Error> {
        while let Some(document) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
            let ran = child::generate(workspace, document, &crates.join(&document.slug), limit)?;
            let record = Record::new(document.clone(), ran);
            made.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(record);
            bar.inc(1);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    bar.finish_and_clear();
    let mut records = made.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    records.sort_by(|a: &Record, b| a.document.path.cmp(&b.document.path));
    Ok(records)
}

fn progress(doing: &'static str, length: usize) -> ProgressBar {
    let template = "{msg} {wide_bar} {pos} of {len}, {elapsed}, {eta} left";
    // The template is constant, so an error would be noticed at once.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style).with_message(doing)
}
