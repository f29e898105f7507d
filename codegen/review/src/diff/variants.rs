//! Compares choices: matches their alternatives and reports the unmatched ones.
//!
//! Alternatives have neither names nor a significant order, so they are matched by discriminator value, by equality,
//! and last by similarity.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::graph::{ComparisonId, Step};
use super::limits::plain;
use super::view::{Additional, Node, Side, Type, View};
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, rules};
use crm_clients_document::model::SchemaId;
use crm_clients_document::normalize::{Choice, Kind, Limits};

/// Maximum depth of the comparison of schemas for equality.
const DEPTH: usize = 6;

/// Minimum similarity, in percent, for two alternatives to match.
const ALIKE: usize = 30;

/// Maximum depth of the choices in an alternative whose properties are its own.
const NESTED: usize = 3;

/// An alternative of a choice.
pub(super) struct Alternative<'a> {
    pub(super) node: Node,
    /// The discriminator values that select it.
    pub(super) values: Vec<&'a str>,
    /// The properties with a single allowed value, and the value.
    pub(super) tags: Vec<(&'a str, String)>,
    /// The properties with listed values, and these values.
    listed: BTreeMap<&'a str, BTreeSet<String>>,
    kind: Type,
    /// The names of its properties, or of the properties of its items.
    pub(super) names: HashSet<&'a str>,
    pub(super) hash: u64,
    /// True if it allows all values of its type.
    is_unlimited: bool,
}

/// A node and its view.
type Seen<'v, 'a> = (Node, &'v View<'a>);

impl<'a> Wire<'a> {
    /// Compares the alternatives of two nodes. A node that is not a choice is its own only alternative.
    pub(super) fn alternatives(
        &mut self,
        unit: ComparisonId,
        old: Seen<'_, 'a>,
        new: Seen<'_, 'a>,
        direction: Direction,
    ) {
        let is_choice = |seen: Seen<'_, 'a>| !seen.1.choices.is_empty();
        let is_split = is_choice(old) != is_choice(new);
        // Keywords beside a choice may have moved into its alternatives.
        let whole = is_split || old.1.is_choice_alone() != new.1.is_choice_alone();
        let places = Places { old: old.1.pointer, new: new.1.pointer };
        let (was, is) = (self.old.discriminator(old.1), self.new.discriminator(new.1));
        let (old, new) = (self.old.alternatives(old, whole), self.new.alternatives(new, whole));
        if is_split && self.split(unit, (&old, &new), places, direction) {
            return;
        }
        self.pairs(unit, (&old, &new), places, (direction, !is_split));
        if !is_split {
            self.discriminators(unit, was, is, places, direction);
        }
    }

    /// Compares the schemas that extend both nodes.
    pub(super) fn subtypes(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let places = Places { old: old.pointer, new: new.pointer };
        let property = |view: &View<'a>| {
            let mut discriminators = view.declared.iter().filter_map(|schema| schema.discriminator.as_ref());
            discriminators.next().map(|discriminator| discriminator.property.as_str()).unwrap_or_default()
        };
        let (was, is) = (property(old), property(new));
        let (old, new) = (self.old.extending(old), self.new.extending(new));
        // Each of them has the properties of the schema that it extends, which a client without them reads.
        let says = match (old.is_empty(), new.is_empty()) {
            (true, false) => {
                let says = format!("is now distinguished by the property `{is}`");
                ChangeDraft::of(&rules::DISCRIMINATOR_ADDED, says, is)
            }
            (false, true) => {
                let says = format!("is no longer distinguished by the property `{was}`");
                ChangeDraft::of(&rules::DISCRIMINATOR_REMOVED, says, was)
            }
            _ => return self.pairs(unit, (&old, &new), places, (direction, true)),
        };
        self.note(unit, Step::Same, Some(direction), places, says);
    }

    /// Compares matching alternatives and, optionally, their discriminator values.
    fn pairs(
        &mut self,
        unit: ComparisonId,
        (old, new): (&[Alternative<'a>], &[Alternative<'a>]),
        places: Places<'_>,
        (direction, has_values): (Direction, bool),
    ) {
        for (label, left, right) in labelled(old, new) {
            let step = if (old.len(), new.len()) == (1, 1) { Step::Same } else { Step::Variant(label) };
            match (left.map(|index| &old[index]), right.map(|index| &new[index])) {
                (Some(left), Some(right)) => {
                    self.link_nodes(unit, step.clone(), left.node, right.node, direction);
                    if has_values {
                        self.discriminator_values(unit, &step, (left, right), places, direction);
                    }
                }
                (Some(gone), None) => {
                    let places = Places { old: self.old.pointer(gone.node).or(places.old), ..places };
                    let mut wider = new.iter().filter(|other| gone.may_be_within(other));
                    let says = match wider.any(|other| self.contained(gone.node, other.node, direction).0) {
                        true => ChangeDraft::new(&rules::ALTERNATIVES_JOINED, "is now part of another alternative"),
                        false => ChangeDraft::new(&rules::VARIANT_REMOVED, "was removed"),
                    };
                    self.note(unit, step, Some(direction), places, says);
                }
                (None, Some(added)) => {
                    let places = Places { new: self.new.pointer(added.node).or(places.new), ..places };
                    let mut wider = old.iter().filter(|other| added.may_be_within(other));
                    let says = match wider.any(|other| self.contained(other.node, added.node, direction).1) {
                        true => ChangeDraft::new(&rules::ALTERNATIVES_SPLIT, "was part of another alternative"),
                        false => ChangeDraft::new(&rules::VARIANT_ADDED, "was added"),
                    };
                    self.note(unit, step, Some(direction), places, says);
                }
                (None, None) => {}
            }
        }
    }

    /// Returns true for the old node if the new one allows all of its values, and the reverse.
    pub(super) fn contained(&mut self, old: Node, new: Node, direction: Direction) -> (bool, bool) {
        let trial = self.trial(old, new, direction);
        match direction {
            Direction::Request => (!trial.breaks, !trial.breaks_back),
            Direction::Response => (!trial.breaks_back, !trial.breaks),
        }
    }

    /// Compares nodes of which one has several choices: equal choices are paired first, the others in order.
    pub(super) fn several_choices(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let mut gone = self.old.hashed(&old.choices);
        let mut come = self.new.hashed(&new.choices);
        let mut same = Vec::new();
        gone.retain(|(old, hash)| match come.iter().position(|(_, other)| other == hash) {
            Some(found) => {
                same.push((*old, come.remove(found).0));
                false
            }
            None => true,
        });
        let rest: Vec<_> = gone.iter().zip(&come).map(|((old, _), (new, _))| (*old, *new)).collect();
        for (old, new) in same.iter().chain(&rest) {
            self.link_nodes(unit, Step::Same, *old, *new, direction);
        }
        for (index, (choice, _)) in gone.iter().enumerate().skip(rest.len()) {
            let places = Places { old: self.old.pointer(*choice), new: new.pointer };
            let says = "no longer has to match one of several alternatives";
            self.note(
                unit,
                Step::Same,
                Some(direction),
                places,
                ChangeDraft::of(&rules::CHOICE_REMOVED, says, &index.to_string()),
            );
        }
        for (index, (choice, _)) in come.iter().enumerate().skip(rest.len()) {
            let places = Places { old: old.pointer, new: self.new.pointer(*choice) };
            let says = "must now match one of several alternatives";
            self.note(
                unit,
                Step::Same,
                Some(direction),
                places,
                ChangeDraft::of(&rules::CHOICE_ADDED, says, &index.to_string()),
            );
        }
    }
}

impl<'a> Side<'a> {
    fn hashed(&mut self, choices: &[SchemaId]) -> Vec<(Node, u64)> {
        let nodes: Vec<Node> = choices.iter().map(|choice| self.node([*choice])).collect();
        nodes.into_iter().map(|node| (node, self.hash(node))).collect()
    }

    /// Returns the alternatives of a node. With `whole`, each alternative includes the node's other keywords.
    fn alternatives(&mut self, (node, view): Seen<'_, 'a>, whole: bool) -> Vec<Alternative<'a>> {
        let Some(choice) = view.choices.first() else {
            return vec![self.alternative(node, Vec::new())];
        };
        let mut variants = Vec::new();
        self.collect(*choice, &mut variants, &mut HashSet::new());
        let own: &[SchemaId] = if whole { &view.own } else { &[] };
        let without = self.left_out(node).to_vec();
        let mut nodes = Vec::with_capacity(variants.len());
        for (variant, values) in variants {
            let of_variant = self.node(own.iter().copied().chain([variant]));
            let of_variant = if without.is_empty() { of_variant } else { self.without(of_variant, without.clone()) };
            nodes.push((of_variant, values));
        }
        let mut seen = HashSet::new();
        let mut alternatives = Vec::with_capacity(nodes.len());
        for (node, values) in nodes {
            if seen.insert(node) {
                alternatives.push(self.alternative(node, values));
            }
        }
        // A string that has to be one of some values is also one of all strings.
        let unlimited: Vec<(usize, Type)> = alternatives
            .iter()
            .enumerate()
            .filter(|(_, one)| one.is_unlimited)
            .map(|(at, one)| (at, one.kind))
            .collect();
        let mut at = 0..;
        alternatives.retain(|one| {
            let at = at.next().unwrap_or_default();
            let covers = |(other, wide): &(usize, Type)| match (*wide, one.kind) {
                (Type::Number, Type::Integer) => true,
                (wide, kind) => wide == kind && *other != at && (!one.is_unlimited || *other < at),
            };
            !one.kind.is_scalar() || !unlimited.iter().any(covers)
        });
        alternatives
    }

    /// Collects the variants of a choice and of nested choices without a discriminator, with the discriminator values
    /// of each.
    fn collect(&mut self, choice: SchemaId, out: &mut Vec<(SchemaId, Vec<&'a str>)>, seen: &mut HashSet<SchemaId>) {
        let Kind::Choice(Choice { variants, discriminator, .. }) = &self.schema(choice).kind else { return };
        if !seen.insert(choice) {
            return;
        }
        for variant in variants {
            let node = self.node([*variant]);
            let view = self.view(node);
            match view.choices.first() {
                Some(inner)
                    if discriminator.is_none() && view.is_choice_alone() && self.discriminator(&view).is_none() =>
                {
                    self.collect(*inner, out, seen);
                }
                _ => {
                    let values = discriminator.as_ref().map(|discriminator| self.values_for(*variant, discriminator));
                    out.push((*variant, values.unwrap_or_default()));
                }
            }
        }
    }

    pub(super) fn alternative(&mut self, node: Node, mut values: Vec<&'a str>) -> Alternative<'a> {
        let hash = self.hash(node);
        let view = self.view(node);
        let mut listed: BTreeMap<&'a str, BTreeSet<String>> = BTreeMap::new();
        for (name, field) in &view.fields {
            let field = self.node(field.schemas.iter().copied());
            if let Some(values) = self.view(field).values() {
                listed.insert(name, values.into_iter().map(plain).collect());
            }
        }
        let tags = listed.iter().filter(|(_, values)| values.len() == 1);
        let tags = tags.flat_map(|(name, values)| values.iter().map(|value| (*name, value.clone()))).collect();
        values.sort_unstable();
        let (kind, names) = self.shape(&view, NESTED);
        let is_unlimited = view.limits.is_empty() && view.choices.is_empty() && view.format().is_empty();
        Alternative { node, values, tags, listed, kind, names, hash, is_unlimited }
    }

    /// Returns the type of a view and the names of its properties, or of those of its items. A choice has the common type
    /// and all properties of its alternatives, which may be choices as well.
    fn shape(&mut self, view: &View<'a>, depth: usize) -> (Type, HashSet<&'a str>) {
        let mut names: HashSet<&'a str> = match &view.items {
            Additional::Of(items) if view.kind == Type::Array => {
                let items = self.node(items.iter().copied());
                self.view(items).fields.keys().copied().collect()
            }
            _ => view.fields.keys().copied().collect(),
        };
        let mut kinds = BTreeSet::new();
        for choice in view.choices.iter().filter(|_| depth > 0) {
            let Kind::Choice(choice) = &self.schema(*choice).kind else { continue };
            for variant in &choice.variants {
                let node = self.node([*variant]);
                let view = self.view(node);
                let (kind, inner) = self.shape(&view, depth - 1);
                kinds.insert(kind);
                names.extend(inner);
            }
        }
        match kinds.into_iter().collect::<Vec<_>>().as_slice() {
            [common] if view.kind == Type::Any => (*common, names),
            _ => (view.kind, names),
        }
    }

    /// Returns a hash that is the same for equivalent schemas, up to a depth. It is only for comparison and never
    /// shown, because it depends on the version of Rust.
    pub(super) fn hash(&mut self, node: Node) -> u64 {
        self.hash_to(node, DEPTH)
    }

    fn hash_to(&mut self, node: Node, depth: usize) -> u64 {
        if let Some(known) = self.hashes.get(&(node, depth)) {
            return *known;
        }
        let mut hasher = DefaultHasher::new();
        let view = self.view(node);
        let rare = self.rare_text(&view);
        view.kind.hash(&mut hasher);
        sorted(view.limits.iter().map(|limits| limits_text(limits)).collect()).hash(&mut hasher);
        sorted(view.values().unwrap_or_default().iter().map(|value| value.to_string()).collect()).hash(&mut hasher);
        if depth > 0 {
            let all = self.all;
            let mut below = |schemas: &[SchemaId]| {
                let nullable = self.nullable(schemas);
                let node = self.node(schemas.iter().copied());
                (nullable, self.hash_to(node, depth - 1))
            };
            let fields = view.fields.iter().map(|(name, field)| (*name, field.required, below(&field.schemas)));
            sorted(fields.collect()).hash(&mut hasher);
            match &view.additional {
                Additional::Of(schemas) => below(schemas).hash(&mut hasher),
                Additional::Open => 0.hash(&mut hasher),
                Additional::Closed => 1.hash(&mut hasher),
            }
            match &view.items {
                Additional::Of(schemas) => below(schemas).hash(&mut hasher),
                Additional::Open => 0.hash(&mut hasher),
                Additional::Closed => 1.hash(&mut hasher),
            }
            view.prefix.iter().for_each(|schemas| below(schemas).hash(&mut hasher));
            let (text, nested) = rare;
            text.hash(&mut hasher);
            nested.iter().for_each(|schemas| below(schemas).hash(&mut hasher));
            below(&view.not()).hash(&mut hasher);
            for choice in &view.choices {
                let Kind::Choice(choice) = &all[*choice].kind else { continue };
                sorted(choice.variants.iter().map(|variant| below(&[*variant])).collect()).hash(&mut hasher);
            }
        }
        let hash = hasher.finish();
        self.hashes.insert((node, depth), hash);
        hash
    }
}

/// Returns the limits as text, without enum values and `not`.
fn limits_text(limits: &Limits) -> String {
    format!("{:?}", Limits { values: Vec::new(), not: None, ..limits.clone() })
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all
}

impl Alternative<'_> {
    /// Returns its label in a subject, which does not depend on the name of its schema.
    pub(super) fn label(&self) -> String {
        if let Some(value) = self.values.first() {
            return (*value).to_owned();
        }
        if let Some((name, value)) = self.tags.first() {
            return format!("{name}={value}");
        }
        let names: Vec<&str> = sorted(self.names.iter().copied().collect());
        match names.as_slice() {
            _ if self.kind == Type::Array => self.kind.word().to_owned(),
            [] => self.kind.word().to_owned(),
            names => format!("{} with {}", self.kind.word(), names[..names.len().min(3)].join(", ")),
        }
    }

    /// Returns true if another alternative may allow all values of this one: it is of the same type and has all of its
    /// properties.
    fn may_be_within(&self, other: &Self) -> bool {
        let has_all = self.kind == Type::Array || self.names.is_subset(&other.names);
        self.kind == other.kind && has_all && self.likeness(other).is_some()
    }

    /// Returns the similarity in percent, or `None` if the alternatives cannot match.
    pub(super) fn likeness(&self, other: &Self) -> Option<usize> {
        let contradicts = |(name, values): (&&str, &BTreeSet<String>)| {
            other.listed.get(*name).is_some_and(|others| others.is_disjoint(values))
        };
        if self.listed.iter().any(contradicts) {
            return None;
        }
        match (self.kind, other.kind) {
            (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Some(50),
            (one, another) if one != another => None,
            (Type::Object | Type::Array, _) => {
                let all = self.names.union(&other.names).count();
                let common = self.names.intersection(&other.names).count();
                // An alternative without properties may have been given some, so it is considered last.
                let is_empty = self.names.is_empty() || other.names.is_empty();
                let likeness = (common * 100).checked_div(all).unwrap_or(100);
                // Of similar alternatives, those match that list the same values.
                let is_same = |(name, values): (&&str, &BTreeSet<String>)| other.listed.get(*name) == Some(values);
                let likeness = likeness + usize::from(likeness >= ALIKE && self.listed.iter().any(is_same));
                (likeness >= ALIKE || is_empty).then_some(likeness)
            }
            _ => Some(100),
        }
    }
}

/// Returns the alternatives of both choices, matching ones together, each with a distinct label. Labels and order
/// depend neither on the order of the alternatives nor on which document is the old one.
fn labelled(old: &[Alternative<'_>], new: &[Alternative<'_>]) -> Vec<(String, Option<usize>, Option<usize>)> {
    let pairs = pairs(old, new);
    let mut all: Vec<_> = pairs.iter().map(|(left, right)| (Some(*left), Some(*right))).collect();
    let gone = (0..old.len()).filter(|index| pairs.iter().all(|(left, _)| left != index));
    all.extend(gone.map(|left| (Some(left), None)));
    let added = (0..new.len()).filter(|index| pairs.iter().all(|(_, right)| right != index));
    all.extend(added.map(|right| (None, Some(right))));
    let mut labelled: Vec<_> = all
        .into_iter()
        .map(|(left, right)| {
            let both = [left.map(|index| &old[index]), right.map(|index| &new[index])];
            let label = both.iter().flatten().map(|alternative| alternative.label()).min().unwrap_or_default();
            (label, sorted(both.iter().flatten().map(|alternative| alternative.hash).collect()), left, right)
        })
        .collect();
    labelled.sort_unstable();
    let mut count = 1;
    let mut last = String::new();
    let numbered = labelled.into_iter().map(|(label, _, left, right)| {
        count = if label == last { count + 1 } else { 1 };
        last.clone_from(&label);
        (if count == 1 { label } else { format!("{label} #{count}") }, left, right)
    });
    numbered.collect()
}

/// Matches alternatives by index. The result is mirrored if the two documents are swapped.
fn pairs(old: &[Alternative<'_>], new: &[Alternative<'_>]) -> Vec<(usize, usize)> {
    if let ([_], [_]) = (old, new) {
        return vec![(0, 0)];
    }
    let mut pairs = Pairs { found: Vec::new(), old: vec![false; old.len()], new: vec![false; new.len()] };
    let values = |all: &[Alternative<'_>], index: usize| {
        all[index].values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()
    };
    pairs.by_key(|index| values(old, index), |index| values(new, index));
    pairs.by_key(|index| vec![old[index].hash], |index| vec![new[index].hash]);
    let mut alike = Vec::new();
    for left in (0..old.len()).filter(|index| !pairs.old[*index]) {
        for right in (0..new.len()).filter(|index| !pairs.new[*index]) {
            let (one, other) = (&old[left], &new[right]);
            // Ties are resolved by content, not by order.
            let hashes = (one.hash.min(other.hash), one.hash.max(other.hash));
            alike.extend(one.likeness(other).map(|likeness| (usize::MAX - likeness, hashes, left, right)));
        }
    }
    alike.sort_unstable();
    for (_, _, left, right) in alike {
        pairs.add(left, right);
    }
    pairs.found.sort_unstable();
    pairs.found
}

/// Pairs of indices; each index occurs at most once.
struct Pairs {
    found: Vec<(usize, usize)>,
    old: Vec<bool>,
    new: Vec<bool>,
}

impl Pairs {
    fn add(&mut self, left: usize, right: usize) {
        if !self.old[left] && !self.new[right] {
            (self.old[left], self.new[right]) = (true, true);
            self.found.push((left, right));
        }
    }

    /// Adds the pairs with a common key, in order.
    fn by_key<K: Hash + Eq>(&mut self, old: impl Fn(usize) -> Vec<K>, new: impl Fn(usize) -> Vec<K>) {
        let mut by_key: HashMap<K, Vec<usize>> = HashMap::new();
        for right in (0..self.new.len()).rev().filter(|index| !self.new[*index]) {
            for key in new(right) {
                by_key.entry(key).or_default().push(right);
            }
        }
        for left in 0..self.old.len() {
            for key in old(left) {
                if self.old[left] {
                    break;
                }
                let candidates = by_key.entry(key).or_default();
                while let Some(right) = candidates.pop() {
                    if !self.new[right] {
                        self.add(left, right);
                        break;
                    }
                }
            }
        }
    }
}
