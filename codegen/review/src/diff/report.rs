//! Converts the graph to changes: their locations, affected operations and fingerprints.

use std::collections::{BTreeSet, HashMap, VecDeque};

use sha2::{Digest, Sha256};

use super::graph::{ComparisonId, Found, Graph, Root, Step};
use super::{Area, Change, Direction};

/// The shortest path to a comparison, in words.
#[derive(Clone, Default)]
struct Way {
    /// The path for display, with the names of path parameters.
    subject: String,
    /// The path without names of path parameters.
    identity: String,
    /// The noun for the compared part.
    noun: String,
    /// True if it is a body, from which its items and values are separated by ` > `.
    is_body: bool,
}

/// Returns the changes of a graph, in the order of the first affected operation. Comparison 0 is the document.
pub(super) fn changes(graph: &Graph<'_>) -> Vec<Change> {
    if graph.units.iter().all(|unit| unit.found.is_empty()) {
        return Vec::new();
    }
    let ways = Ways::new(graph);
    let touched = touched(graph);
    let mut changes: Vec<Merged> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut by_place: HashMap<GroupKey<'_>, usize> = HashMap::new();
    for (index, unit) in graph.units.iter().enumerate().filter(|(_, unit)| !unit.found.is_empty()) {
        let way = ways.to(ComparisonId(index));
        for found in &unit.found {
            let roots = &touched[index];
            let (identity, change) = change(found, &way, roots.iter().map(|root| graph.roots[*root].label.clone()));
            let merged = Merged { first: roots.first().map_or(0, |root| root + 1), identity, change };
            // The same location can be described twice, as in two copies of a schema, or reached twice, as through an
            // `allOf`.
            let place =
                (found.rule.id, found.direction, found.detail.as_str(), found.old.as_deref(), found.new.as_deref());
            let same = known.get(&merged.change.fingerprint).or_else(|| by_place.get(&place)).copied();
            let same = same.unwrap_or(changes.len());
            known.entry(merged.change.fingerprint.clone()).or_insert(same);
            by_place.entry(place).or_insert(same);
            match changes.get_mut(same) {
                Some(other) => other.merge(merged, graph),
                None => changes.push(merged),
            }
        }
    }
    changes.sort_by_key(|merged| merged.first);
    changes.into_iter().map(|merged| merged.change).collect()
}

/// The identity of a change: rule, direction and detail, and its locations in both documents.
type GroupKey<'g> = (&'g str, Option<Direction>, &'g str, Option<&'g str>, Option<&'g str>);

/// A change, merged with equal changes elsewhere.
struct Merged {
    /// The index of the first affected operation.
    first: usize,
    /// The text that identifies it.
    identity: String,
    change: Change,
}

impl Merged {
    /// Merges the same change at another location. The shortest path represents both.
    fn merge(&mut self, mut other: Self, graph: &Graph<'_>) {
        let length = |merged: &Self| (merged.identity.matches(" > ").count(), merged.identity.clone());
        self.first = self.first.min(other.first);
        if length(&other) < length(self) {
            std::mem::swap(&mut self.change, &mut other.change);
            std::mem::swap(&mut self.identity, &mut other.identity);
        }
        add_operations(&mut self.change, other.change.operations, graph);
    }
}

fn add_operations(change: &mut Change, operations: Vec<String>, graph: &Graph<'_>) {
    if operations.iter().all(|operation| change.operations.contains(operation)) {
        return;
    }
    let all: BTreeSet<&String> = change.operations.iter().chain(&operations).collect();
    let in_order = graph.roots.iter().map(|root| &root.label).filter(|label| all.contains(label));
    change.operations = in_order.cloned().collect();
}

/// Converts a difference to a change, and returns the text that identifies it.
fn change(found: &Found<'_>, way: &Way, operations: impl Iterator<Item = String>) -> (String, Change) {
    let mut place = way.clone();
    place.push(&found.step, found.direction);
    let direction = found.direction.map_or("", Direction::word);
    let change = Change {
        rule: found.rule,
        direction: found.direction,
        severity: found.rule.severity(found.direction),
        message: message(found, &place),
        may_break: false,
        fingerprint: fingerprint(Area::Wire, &[found.rule.id, direction, &place.identity, &found.detail]),
        subject: if place.subject.is_empty() { "the API".to_owned() } else { place.subject },
        old: found.old.clone(),
        new: found.new.clone(),
        operations: operations.collect(),
    };
    (place.identity, change)
}

/// Returns the message of a difference. A removal includes the old location, because the part is not in the new
/// document.
fn message(found: &Found<'_>, place: &Way) -> String {
    let said = format!("{} {}", place.noun, found.says);
    match place.subject.rsplit_once(" > ") {
        Some((holder, _)) if is_part(&found.says) => {
            let (gone, more) =
                found.says.split_once(';').map_or((found.says.as_str(), ""), |(gone, more)| (gone, more));
            let more = if more.is_empty() { String::new() } else { format!(";{more}") };
            format!("{} {gone} (from `{holder}`){more}", place.noun)
        }
        _ => said,
    }
}

/// Returns true if the predicate describes the removal of a part.
fn is_part(says: &str) -> bool {
    says.starts_with("was removed")
}

/// Returns a stable identifier of a change.
pub(super) fn fingerprint(area: Area, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    let area = match area {
        Area::Wire => "wire",
        Area::Rust => "rust",
        Area::Coverage => "coverage",
    };
    for part in [area].iter().chain(parts) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Way {
    /// Appends a step.
    fn push(&mut self, step: &Step<'_>, direction: Option<Direction>) {
        let (words, is_joined) = step.words();
        let separator = match step {
            Step::Items | Step::Values if self.is_body => " > ",
            _ if is_joined || self.subject.is_empty() => "",
            _ => " > ",
        };
        self.subject.push_str(separator);
        self.subject.push_str(&words);
        self.identity.push_str(separator);
        self.identity.push_str(&step.identity());
        self.noun = step.noun(&self.noun, direction);
        self.is_body = matches!(step, Step::Media(_)) || (self.is_body && *step == Step::Same);
    }
}

/// The last step of the shortest path to each comparison, or of the alphabetically first of these, so that it depends
/// only on words.
struct Ways<'g, 'a> {
    graph: &'g Graph<'a>,
    last: Vec<Option<Last<'g, 'a>>>,
}

/// The way that a comparison is reached.
#[derive(Clone, Copy)]
enum Last<'g, 'a> {
    Document,
    Root(&'g Root),
    Step(ComparisonId, &'g Step<'a>),
}

impl<'g, 'a> Ways<'g, 'a> {
    fn new(graph: &'g Graph<'a>) -> Self {
        let mut roots: Vec<_> = graph.roots.iter().collect();
        roots.sort_by(|one, other| one.identity.cmp(&other.identity));
        let starts = roots.into_iter().map(|root| (root.unit, Last::Root(root)));
        let mut last = vec![None; graph.units.len()];
        let mut queue = VecDeque::new();
        for (unit, start) in [(ComparisonId(0), Last::Document)].into_iter().chain(starts) {
            last[unit.0] = Some(start);
            queue.push_back(unit);
        }
        while let Some(unit) = queue.pop_front() {
            let mut edges: Vec<_> = graph.units[unit.0].edges.iter().filter(|(_, to)| last[to.0].is_none()).collect();
            edges.sort_by(|one, other| one.0.cmp(&other.0));
            for (step, to) in edges {
                if last[to.0].is_none() {
                    last[to.0] = Some(Last::Step(unit, step));
                    queue.push_back(*to);
                }
            }
        }
        Self { graph, last }
    }

    /// Returns the path to a comparison in words. Called only for comparisons with differences, because the path may be
    /// long.
    fn to(&self, unit: ComparisonId) -> Way {
        let (mut steps, mut at) = (Vec::new(), unit);
        while let Some(Last::Step(from, step)) = self.last[at.0] {
            steps.push((step, at));
            at = from;
        }
        let mut way = match self.last[at.0] {
            Some(Last::Root(root)) => Way {
                subject: root.label.clone(),
                identity: root.identity.clone(),
                noun: root.noun.clone(),
                is_body: false,
            },
            _ => Way { noun: "the API".to_owned(), ..Way::default() },
        };
        for (step, to) in steps.iter().rev() {
            way.push(step, self.graph.units[to.0].direction);
        }
        way
    }
}

/// Returns the indices of the roots that lead to each comparison with a difference, in order.
fn touched(graph: &Graph<'_>) -> Vec<Vec<usize>> {
    let leads = leads_to_difference(graph);
    let mut touched = vec![Vec::new(); graph.units.len()];
    let mut seen_by = vec![usize::MAX; graph.units.len()];
    for (number, root) in graph.roots.iter().enumerate() {
        let mut todo = vec![root.unit];
        while let Some(unit) = todo.pop() {
            if !leads[unit.0] || seen_by[unit.0] == number {
                continue;
            }
            seen_by[unit.0] = number;
            if !graph.units[unit.0].found.is_empty() {
                touched[unit.0].push(number);
            }
            todo.extend(graph.units[unit.0].edges.iter().map(|(_, to)| *to));
        }
    }
    touched
}

/// Returns true for each comparison that contains a difference, directly or below it.
fn leads_to_difference(graph: &Graph<'_>) -> Vec<bool> {
    let mut above = vec![Vec::new(); graph.units.len()];
    for (index, unit) in graph.units.iter().enumerate() {
        for (_, to) in &unit.edges {
            above[to.0].push(index);
        }
    }
    let mut leads = vec![false; graph.units.len()];
    let mut todo: Vec<usize> = (0..graph.units.len()).filter(|index| !graph.units[*index].found.is_empty()).collect();
    while let Some(index) = todo.pop() {
        if !std::mem::replace(&mut leads[index], true) {
            todo.append(&mut above[index]);
        }
    }
    leads
}
