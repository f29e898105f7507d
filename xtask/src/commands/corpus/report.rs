//! The report: a table, its JSON form, and the overall result.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::child::End;
use super::keywords::KeywordCount;
use super::record::Record;
use super::refusals::Refusals;

/// The results of all documents.
#[derive(Serialize)]
pub struct Report {
    totals: Totals,
    /// The entries of `refusals.toml` whose documents are not rejected.
    stale_refusals: Vec<String>,
    /// The paths of the slowest documents.
    slowest: Vec<String>,
    /// The paths of the documents with the highest memory usage.
    largest: Vec<String>,
    documents: Vec<Row>,
}

#[derive(Default, Serialize)]
struct Totals {
    documents: usize,
    passed_over: usize,
    generated: usize,
    every_operation_kept: usize,
    /// The numbers of crates that were checked, and that compile.
    checked: usize,
    compiled: usize,
    /// Documents that are rejected because of a known error.
    refused: usize,
    /// Documents with any other problem.
    failed: usize,
    /// The operations in generated documents, in their crates, and in other documents.
    operations: usize,
    emitted_operations: usize,
    other_operations: usize,
    compiler_warnings: usize,
    /// The keywords of generated documents.
    keywords: Keywords,
    /// The number of rejected documents by code.
    refusals: BTreeMap<String, usize>,
    /// The number of warnings and of documents with warnings, by code.
    warnings: BTreeMap<String, Counted>,
    seconds: f64,
}

/// The numbers of keywords by the support of the client.
#[derive(Default, Serialize)]
struct Keywords {
    supported: usize,
    without_meaning: usize,
    reported: usize,
    /// Keywords that are lost silently, by name.
    silent: BTreeMap<String, usize>,
}

#[derive(Default, Serialize)]
struct Counted {
    warnings: usize,
    documents: usize,
}

/// The row of a document.
#[derive(Serialize)]
struct Row {
    document: String,
    slug: String,
    outcome: Outcome,
    /// The codes of its errors.
    codes: BTreeSet<String>,
    /// The message of the generator.
    message: Option<String>,
    /// The error of a rejected document, from `refusals.toml`.
    fault: Option<String>,
    /// The reasons why it failed.
    problems: Vec<String>,
    operations: usize,
    emitted_operations: usize,
    missing: Vec<String>,
    extra: Vec<String>,
    keywords: KeywordCount,
    /// True if the crate compiles; null if it was not checked.
    compiled: Option<bool>,
    compiler_warnings: usize,
    warnings: BTreeMap<String, usize>,
    seconds: f64,
    peak_mib: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// A crate with every operation, which compiles if it was checked.
    Generated,
    /// No crate, because of a known error in the document.
    Refused,
    /// Anything else.
    Failed,
}

impl Report {
    /// Combines the results of all documents.
    pub fn new(records: Vec<Record>, passed_over: &[String], refusals: &Refusals) -> Self {
        let mut totals = Totals { documents: records.len(), passed_over: passed_over.len(), ..Totals::default() };
        let mut stale_refusals = Vec::new();
        let mut documents = Vec::new();
        for record in records {
            if record.is_generated() && refusals.names(&record.document.path) {
                stale_refusals.push(record.document.path.clone());
            }
            totals.add(&record);
            let row = Row::new(record, refusals);
            match row.outcome {
                Outcome::Generated => {}
                Outcome::Refused => totals.refused += 1,
                Outcome::Failed => totals.failed += 1,
            }
            documents.push(row);
        }
        let first = |by: fn(&Row) -> f64| {
            let mut rows: Vec<&Row> = documents.iter().collect();
            rows.sort_by_key(|row| Reverse((by(row) * 1000.0) as u64));
            rows.into_iter().take(10).map(|row| row.document.clone()).collect()
        };
        let (slowest, largest) = (first(|row| row.seconds), first(|row| row.peak_mib));
        Self { totals, stale_refusals, slowest, largest, documents }
    }

    /// Returns true if no document failed and all entries of `refusals.toml` are correct.
    pub fn is_good(&self) -> bool {
        self.totals.failed == 0 && self.stale_refusals.is_empty()
    }
}

impl Totals {
    fn add(&mut self, record: &Record) {
        self.seconds += record.ran.seconds;
        let operations = if record.is_generated() { &mut self.operations } else { &mut self.other_operations };
        *operations += record.operations.document;
        self.emitted_operations += record.operations.emitted;
        self.generated += usize::from(record.is_generated());
        self.every_operation_kept += usize::from(record.keeps_all());
        if let Some(checked) = &record.checked {
            self.checked += 1;
            self.compiled += usize::from(checked.error.is_none());
            self.compiler_warnings += checked.warnings;
        }
        if let End::Refused { codes, .. } = &record.ran.end {
            for code in codes {
                *self.refusals.entry(code.clone()).or_default() += 1;
            }
        }
        self.keywords.add(&record.keywords);
        for (code, warnings) in &record.ran.warnings {
            let counted = self.warnings.entry(code.clone()).or_default();
            counted.warnings += warnings;
            counted.documents += 1;
        }
    }
}

impl Keywords {
    fn add(&mut self, count: &KeywordCount) {
        self.supported += count.supported;
        self.without_meaning += count.without_meaning;
        self.reported += count.reported;
        for (name, places) in &count.silent {
            *self.silent.entry(name.clone()).or_default() += places.len();
        }
    }
}

impl Row {
    fn new(record: Record, refusals: &Refusals) -> Self {
        let mut problems = record.problems();
        let (mut codes, mut message, mut fault) = (BTreeSet::new(), None, None);
        let mut outcome = Outcome::Generated;
        if let End::Refused { codes: told, message: first } = record.ran.end {
            outcome = Outcome::Refused;
            fault = refusals.fault(&record.document.path, &told).map(str::to_owned);
            if fault.is_none() {
                let codes = told.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                problems.push(format!("rejected with {codes}, which is not in refusals.toml: {first}"));
            }
            (codes, message) = (told, Some(first));
        }
        if !problems.is_empty() {
            outcome = Outcome::Failed;
        }
        Self {
            document: record.document.path,
            slug: record.document.slug,
            outcome,
            codes,
            message,
            fault,
            problems,
            operations: record.operations.document,
            emitted_operations: record.operations.emitted,
            missing: record.operations.missing,
            extra: record.operations.extra,
            keywords: record.keywords,
            compiled: record.checked.as_ref().map(|checked| checked.error.is_none()),
            compiler_warnings: record.checked.map_or(0, |checked| checked.warnings),
            warnings: record.ran.warnings,
            seconds: (record.ran.seconds * 1000.0).round() / 1000.0,
            peak_mib: (record.ran.peak_mib * 10.0).round() / 10.0,
        }
    }

    /// Returns the remark for a document.
    fn remark(&self) -> String {
        match &self.fault {
            _ if !self.problems.is_empty() => self.problems.join("; "),
            Some(fault) => format!("{}: {fault}", self.codes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
            None => String::new(),
        }
    }

    fn cells(&self) -> [String; 8] {
        let outcome = match self.outcome {
            Outcome::Generated => "generated",
            Outcome::Refused => "refused",
            Outcome::Failed => "FAILED",
        };
        let compiled = match self.compiled {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        [
            self.document.clone(),
            outcome.to_owned(),
            format!("{}/{}", self.emitted_operations, self.operations),
            compiled.to_owned(),
            self.warnings.values().sum::<usize>().to_string(),
            format!("{:.2}", self.seconds),
            format!("{:.0}", self.peak_mib),
            self.remark().lines().collect::<Vec<_>>().join(" "),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["document", "outcome", "operations", "compiles", "warnings", "s", "MiB", ""].map(str::to_owned);
        table(f, std::iter::once(head).chain(self.documents.iter().map(Row::cells)).collect())?;
        let totals = &self.totals;
        writeln!(f, "\n{} documents, {} other files skipped", totals.documents, totals.passed_over)?;
        writeln!(f, "{} generated, {} of them with every operation", totals.generated, totals.every_operation_kept)?;
        let (emitted, operations, others) = (totals.emitted_operations, totals.operations, totals.other_operations);
        writeln!(f, "{emitted} operations in crates, {operations} in their documents, {others} in other documents")?;
        let Keywords { supported, without_meaning, reported, silent } = &totals.keywords;
        let lost = silent.values().sum::<usize>();
        writeln!(
            f,
            "{supported} keywords supported, {reported} reported, {without_meaning} without meaning, {lost} lost silently"
        )?;
        for (name, count) in silent {
            writeln!(f, "  {name}: {count}")?;
        }
        if totals.checked > 0 {
            let (compiled, checked, warnings) = (totals.compiled, totals.checked, totals.compiler_warnings);
            writeln!(f, "{compiled} of {checked} crates compile, with {warnings} compiler warnings")?;
        }
        let refusals: Vec<String> = totals.refusals.iter().map(|(code, count)| format!("{code} {count}")).collect();
        writeln!(f, "{} rejected because of a known error; by code: {}", totals.refused, shown(&refusals))?;
        writeln!(f, "{} failed", totals.failed)?;
        for (code, Counted { warnings, documents }) in &totals.warnings {
            writeln!(f, "  warning {code}: {warnings} in {documents} documents")?;
        }
        writeln!(f, "{:.1} s total generation time", totals.seconds)?;
        for (what, paths) in [("slowest", &self.slowest), ("largest in memory", &self.largest)] {
            writeln!(f, "\n{what}:")?;
            let rows = paths.iter().filter_map(|path| self.documents.iter().find(|row| row.document == *path));
            for row in rows {
                writeln!(f, "  {:8.2} s {:8.0} MiB  {}", row.seconds, row.peak_mib, row.document)?;
            }
        }
        for document in &self.stale_refusals {
            writeln!(f, "\n{document} is no longer rejected; remove it from refusals.toml")?;
        }
        Ok(())
    }
}

fn shown(list: &[String]) -> String {
    if list.is_empty() { "none".to_owned() } else { list.join(", ") }
}

/// Writes cells in columns: text is left-aligned, numbers are right-aligned.
fn table(f: &mut fmt::Formatter<'_>, rows: Vec<[String; 8]>) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..8).map(width).collect();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            line +=
                &if matches!(column, 2 | 4..=6) { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
