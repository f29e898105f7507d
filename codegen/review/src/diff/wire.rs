//! Traverses both documents.

use std::collections::{HashMap, VecDeque};

use super::graph::{ComparisonId, Found, Graph, Key, Step};
use super::view::{Node, Side};
use super::{Change, Direction, Rule, Severity, report, rules};
use crm_clients_document::model::{Document, SchemaId};
use crm_clients_document::normalize::Normalizer;

/// Returns the changes of the wire format from one revision of an API to another, in the order of the new document's
/// operations, followed by removals.
pub fn wire(old: &Document, new: &Document) -> Vec<Change> {
    let (old, new) = (Normalizer::new(old), Normalizer::new(new));
    let mut wire = Wire {
        old: Side::new(&old),
        new: Side::new(&new),
        graph: Graph::default(),
        todo: VecDeque::new(),
        trials: HashMap::new(),
        trial_depth: 0,
    };
    wire.document();
    wire.finish();
    report::changes(&wire.graph)
}

/// Both documents, and the differences found.
pub(super) struct Wire<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
    pub(super) graph: Graph<'a>,
    /// The pairs of schemas to compare. A queue avoids recursion, because schemas may be nested deeply.
    todo: VecDeque<(ComparisonId, Node, Node, Direction)>,
    /// The results of trial comparisons.
    trials: HashMap<(Node, Node, Direction), Trial>,
    trial_depth: usize,
}

/// The result of a trial comparison.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    /// True if going from the old node to the new one breaks clients.
    pub(super) breaks: bool,
    /// True if going back breaks clients.
    pub(super) breaks_back: bool,
}

/// A difference without a location: its rule, its predicate, and the text that distinguishes it from others of the same
/// rule.
pub(super) struct ChangeDraft {
    pub(super) rule: &'static Rule,
    pub(super) says: String,
    pub(super) detail: String,
}

impl ChangeDraft {
    pub(super) fn new(rule: &'static Rule, says: impl Into<String>) -> Self {
        Self { rule, says: says.into(), detail: String::new() }
    }

    /// Creates a difference between an old and a new value.
    pub(super) fn from_to(rule: &'static Rule, says: impl Into<String>, old: &str, new: &str) -> Self {
        Self { rule, says: says.into(), detail: format!("{old} > {new}") }
    }

    /// Creates a difference that is an addition or a removal.
    pub(super) fn of(rule: &'static Rule, says: impl Into<String>, what: &str) -> Self {
        Self { rule, says: says.into(), detail: what.to_owned() }
    }
}

/// The location of a difference in both documents.
#[derive(Clone, Copy)]
pub(super) struct Places<'p> {
    pub(super) old: Option<&'p str>,
    pub(super) new: Option<&'p str>,
}

impl<'p> Places<'p> {
    pub(super) fn new(old: &'p str, new: &'p str) -> Self {
        Self { old: Some(old), new: Some(new) }
    }
}

impl<'a> Wire<'a> {
    /// Records a difference at a step from a comparison.
    pub(super) fn note(
        &mut self,
        unit: ComparisonId,
        step: Step<'a>,
        direction: Option<Direction>,
        places: Places<'_>,
        says: ChangeDraft,
    ) {
        let ChangeDraft { rule, says, detail } = says;
        let (old, new) = (places.old.map(str::to_owned), places.new.map(str::to_owned));
        self.graph.found(unit, Found { rule, direction, step, says, detail, old, new });
    }

    /// Compares the schemas at a step, including their nullability.
    pub(super) fn link(
        &mut self,
        unit: ComparisonId,
        step: Step<'a>,
        old: &[SchemaId],
        new: &[SchemaId],
        direction: Direction,
    ) {
        let (was, is) = (self.old.nullable(old), self.new.nullable(new));
        let (old, new) = (self.old.node(old.iter().copied()), self.new.node(new.iter().copied()));
        if was != is {
            self.null(unit, step.clone(), (old, new), is, direction);
        }
        self.link_nodes(unit, step, old, new, direction);
    }

    /// Compares the schemas of a parameter or header, which is never null.
    pub(super) fn link_text(&mut self, unit: ComparisonId, old: &[SchemaId], new: &[SchemaId], direction: Direction) {
        let (old, new) = (self.old.node(old.iter().copied()), self.new.node(new.iter().copied()));
        self.link_nodes(unit, Step::Same, old, new, direction);
    }

    /// Processes the queue of comparisons.
    fn finish(&mut self) {
        while let Some((unit, old, new, direction)) = self.todo.pop_front() {
            self.schemas(unit, old, new, direction);
        }
    }

    /// Compares two nodes without recording differences. If trials are nested too deeply, both directions are assumed
    /// to break.
    pub(super) fn trial(&mut self, old: Node, new: Node, direction: Direction) -> Trial {
        const DEEPEST: usize = 2;
        if let Some(known) = self.trials.get(&(old, new, direction)) {
            return *known;
        }
        if self.trial_depth == DEEPEST {
            return Trial { breaks: true, breaks_back: true };
        }
        let graph = std::mem::take(&mut self.graph);
        let todo = std::mem::take(&mut self.todo);
        self.trial_depth += 1;
        let (root, _) = self.graph.unit(Key::Document);
        self.link_nodes(root, Step::Same, old, new, direction);
        self.finish();
        let found = || self.graph.units.iter().flat_map(|unit| &unit.found);
        let is_breaking = |rule: &Rule, direction| rule.severity(direction) == Severity::Breaking;
        let mirror = |id: &str| rules::ALL.iter().find(|rule| rule.id == id);
        let trial = Trial {
            breaks: found().any(|found| is_breaking(found.rule, found.direction)),
            breaks_back: found()
                .any(|found| mirror(found.rule.mirror).is_some_and(|rule| is_breaking(rule, found.direction))),
        };
        self.trial_depth -= 1;
        (self.graph, self.todo) = (graph, todo);
        self.trials.insert((old, new, direction), trial);
        trial
    }

    /// Compares the nodes at a step for non-null values.
    pub(super) fn link_nodes(
        &mut self,
        unit: ComparisonId,
        step: Step<'a>,
        old: Node,
        new: Node,
        direction: Direction,
    ) {
        let transport = self.graph.transport(unit);
        let (part, is_new) = self.graph.part(unit, step, Key::Schemas(old, new, direction, transport));
        if is_new {
            self.todo.push_back((part, old, new, direction));
        }
    }

    fn null(&mut self, unit: ComparisonId, step: Step<'a>, (old, new): (Node, Node), is: bool, direction: Direction) {
        let (part, is_new) = self.graph.part(unit, step, Key::Null(old, new, direction));
        if !is_new || self.allows_all(old, new) {
            return;
        }
        let says = match is {
            true => ChangeDraft::new(&rules::BECAME_NULLABLE, "may now be null"),
            false => ChangeDraft::new(&rules::NO_LONGER_NULLABLE, "can no longer be null"),
        };
        let places = Places { old: self.old.view(old).pointer, new: self.new.view(new).pointer };
        self.note(part, Step::Same, Some(direction), places, says);
    }

    /// Returns true if either of two nodes allows everything including null, which is reported as a change of type.
    fn allows_all(&self, old: Node, new: Node) -> bool {
        let (old, new) = (self.old.view(old), self.new.view(new));
        [old, new].iter().any(|view| view.kind == super::view::Type::Any && view.choices.is_empty())
    }
}
