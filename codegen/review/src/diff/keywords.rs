//! Compares the less common keywords of JSON Schema: conditions, dependencies, name patterns, content, and extensions
//! that affect the wire format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::graph::{ComparisonId, Step};
use super::view::{Side, View};
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, Rule, rules};
use crm_clients_document::model::{RareKeywords, Schema, SchemaId, Xml};

/// The values of these keywords in all schemas of a node.
#[derive(Default)]
pub(super) struct Rare<'a> {
    /// `if`, `then` and `else`.
    conditions: Vec<[Option<SchemaId>; 3]>,
    contains: Vec<SchemaId>,
    /// `minContains` and `maxContains`, the strictest of each.
    count: (u64, u64),
    property_names: Vec<SchemaId>,
    patterns: BTreeMap<&'a str, Vec<SchemaId>>,
    dependent_schemas: BTreeMap<&'a str, Vec<SchemaId>>,
    /// A property, and the property that it requires.
    dependent_required: BTreeSet<(&'a str, &'a str)>,
    unevaluated_properties: Vec<SchemaId>,
    unevaluated_items: Vec<SchemaId>,
    content_schema: Vec<SchemaId>,
    content_media_type: Option<&'a str>,
    xml: Option<&'a Xml>,
    sunset: Option<&'a str>,
    stability: Option<&'a str>,
    /// `x-extensible-enum`.
    extensible: Option<BTreeSet<String>>,
    /// `defaultMapping` of discriminators.
    default_mapping: Vec<SchemaId>,
    /// Unknown extensions.
    pub(super) extensions: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Rare<'a> {
    pub(super) fn of(declared: &[&'a Schema]) -> Self {
        let mut all = Self { count: (1, u64::MAX), ..Self::default() };
        for schema in declared {
            let default = schema.discriminator.as_ref().and_then(|discriminator| discriminator.default_mapping);
            all.default_mapping.extend(default);
            if schema.rare.is_some() {
                all.add(schema.rare());
            }
        }
        all
    }

    /// Adds the keywords of a schema. All fields are listed, so that the compiler reports new ones.
    fn add(&mut self, rare: &'a RareKeywords) {
        let RareKeywords {
            // The name and description of the schema.
            id: _,
            dialect: _,
            anchor: _,
            dynamic_anchor: _,
            vocabulary: _,
            comment: _,
            definitions: _,
            examples: _,
            example: _,
            external_docs: _,
            // Compared as the schema's format.
            content_encoding: _,
            condition: _,
            then: _,
            otherwise: _,
            contains: _,
            min_contains: _,
            max_contains: _,
            property_names: _,
            pattern_properties: _,
            dependent_schemas: _,
            dependent_required: _,
            unevaluated_properties: _,
            unevaluated_items: _,
            content_schema: _,
            content_media_type: _,
            xml: _,
            extensions: _,
        } = rare;
        if rare.condition.is_some() && (rare.then.is_some() || rare.otherwise.is_some()) {
            self.conditions.push([rare.condition, rare.then, rare.otherwise]);
        }
        if let Some(contains) = rare.contains {
            self.contains.push(contains);
            let count = |number: Option<&serde_json::Number>| number.and_then(serde_json::Number::as_u64);
            self.count.0 = self.count.0.max(count(rare.min_contains.as_ref()).unwrap_or(1));
            self.count.1 = self.count.1.min(count(rare.max_contains.as_ref()).unwrap_or(u64::MAX));
        }
        self.property_names.extend(rare.property_names);
        for (pattern, schema) in &rare.pattern_properties {
            self.patterns.entry(pattern).or_default().push(*schema);
        }
        for (name, schema) in &rare.dependent_schemas {
            self.dependent_schemas.entry(name).or_default().push(*schema);
        }
        for (name, required) in &rare.dependent_required {
            self.dependent_required.extend(required.iter().map(|other| (name.as_str(), other.as_str())));
        }
        self.unevaluated_properties.extend(rare.unevaluated_properties);
        self.unevaluated_items.extend(rare.unevaluated_items);
        self.content_schema.extend(rare.content_schema);
        // Untyped bytes are equivalent to the format `binary`.
        let media_type =
            rare.content_media_type.as_deref().filter(|media_type| *media_type != "application/octet-stream");
        self.content_media_type = self.content_media_type.or(media_type);
        self.xml = self.xml.or(rare.xml.as_ref());
        for (name, value) in &rare.extensions {
            match name.as_str() {
                "x-sunset" => self.sunset = self.sunset.or(value.as_str()),
                "x-stability-level" => self.stability = self.stability.or(value.as_str()),
                "x-extensible-enum" => {
                    let values = value.as_array().into_iter().flatten().map(Value::to_string);
                    self.extensible.get_or_insert_default().extend(values);
                }
                name if is_known(name) => {}
                name => _ = self.extensions.entry(name).or_insert(value),
            }
        }
    }

    fn is_empty(&self) -> bool {
        let Self { conditions, contains, property_names, patterns, dependent_schemas, dependent_required, .. } = self;
        let Self { unevaluated_properties, unevaluated_items, content_schema, content_media_type, .. } = self;
        conditions.is_empty()
            && contains.is_empty()
            && property_names.is_empty()
            && patterns.is_empty()
            && dependent_schemas.is_empty()
            && dependent_required.is_empty()
            && unevaluated_properties.is_empty()
            && unevaluated_items.is_empty()
            && content_schema.is_empty()
            && content_media_type.is_none()
            && self.xml.is_none()
            && self.sunset.is_none()
            && self.stability.is_none()
            && self.extensible.is_none()
            && self.default_mapping.is_empty()
            && self.extensions.is_empty()
    }
}

/// Returns true for extensions that are compared elsewhere or only affect documentation.
fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 12] = [
        "x-rust-name",
        "x-rust-variants",
        "x-enum-varnames",
        "x-enumNames",
        "x-enum-descriptions",
        "x-enumDescriptions",
        "x-ms-enum",
        "x-nullable",
        "x-example",
        "x-examples",
        "summary",
        "description",
    ];
    KNOWN.contains(&name)
}

/// A keyword with a schema that only one document may have, and the messages for its addition and removal.
struct Nested<'r> {
    keyword: &'static str,
    added: (&'static Rule, &'r str),
    removed: (&'static Rule, &'r str),
}

impl<'a> Wire<'a> {
    /// Compares the less common keywords.
    pub(super) fn keywords(&mut self, unit: ComparisonId, old: &View<'a>, new: &View<'a>, direction: Direction) {
        let (was, is) = (Rare::of(&old.declared), Rare::of(&new.declared));
        if was.is_empty() && is.is_empty() {
            return;
        }
        let at = At { unit, places: Places { old: old.pointer, new: new.pointer }, direction };
        self.conditions(at, &was, &is);
        self.contains(at, &was, &is);
        self.patterns(at, &was, &is);
        self.dependencies(at, &was, &is);
        self.unevaluated(at, &was, &is);
        self.nested_keywords(at, &was, &is);
        for says in facts(&was, &is) {
            self.note(unit, Step::Same, Some(direction), at.places, says);
        }
        if self.old.hash_of(&was.default_mapping) != self.new.hash_of(&is.default_mapping) {
            self.uncompared(unit, at.places, "defaultMapping");
        }
        if was.extensible.is_some() != is.extensible.is_some() {
            self.uncompared(unit, at.places, "x-extensible-enum");
        }
        let names: BTreeSet<&'a str> = was.extensions.keys().chain(is.extensions.keys()).copied().collect();
        for name in names.into_iter().filter(|name| was.extensions.get(name) != is.extensions.get(name)) {
            self.uncompared(unit, at.places, name);
        }
    }

    fn conditions(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        let says = match (old.conditions.as_slice(), new.conditions.as_slice()) {
            ([], []) => return,
            ([], _) => ChangeDraft::new(&rules::CONDITION_ADDED, "must now satisfy a condition (`if`)"),
            (_, []) => ChangeDraft::new(&rules::CONDITION_REMOVED, "no longer has to satisfy a condition (`if`)"),
            (was, is) => {
                let hashed = |side: &mut Side<'a>, all: &[[Option<SchemaId>; 3]], only: bool| {
                    let mut hashes: Vec<_> = all
                        .iter()
                        .map(|parts| parts.map(|part| side.hash_of(part.as_slice())))
                        .map(
                            |[condition, then, otherwise]| {
                                if only { [condition, 0, 0] } else { [condition, then, otherwise] }
                            },
                        )
                        .collect();
                    hashes.sort_unstable();
                    hashes
                };
                if hashed(&mut self.old, was, false) == hashed(&mut self.new, is, false) {
                    return;
                }
                if let ([was], [is]) = (was, is)
                    && hashed(&mut self.old, &[*was], true) == hashed(&mut self.new, &[*is], true)
                {
                    for (keyword, part) in [("then", 1), ("else", 2)] {
                        let (was, is) = (was[part], is[part]);
                        self.link(at.unit, Step::Keyword(keyword), was.as_slice(), is.as_slice(), at.direction);
                    }
                    return;
                }
                ChangeDraft::new(&rules::CONDITION_CHANGED, "must now satisfy a different condition (`if`)")
            }
        };
        self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
    }

    fn contains(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        let words = |rare: &Rare<'_>| match (rare.contains.is_empty(), rare.count) {
            (true, _) => "any items".to_owned(),
            (false, (least, u64::MAX)) => format!("at least {least} of the items that `contains` describes"),
            (false, (least, most)) => format!("{least} to {most} of the items that `contains` describes"),
        };
        let count = |rare: &Rare<'_>| if rare.contains.is_empty() { (0, u64::MAX) } else { rare.count };
        let (was, is) = (count(old), count(new));
        let (old_words, new_words) = (words(old), words(new));
        let says = format!("now has {new_words} instead of {old_words}");
        if is.0 > was.0 || is.1 < was.1 {
            let says = ChangeDraft::from_to(&rules::CONTAINS_NARROWED, says.clone(), &old_words, &new_words);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
        if is.0 < was.0 || is.1 > was.1 {
            let says = ChangeDraft::from_to(&rules::CONTAINS_WIDENED, says, &old_words, &new_words);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
        if !old.contains.is_empty() && !new.contains.is_empty() {
            self.link(at.unit, Step::Keyword("contains"), &old.contains, &new.contains, at.direction);
        }
    }

    fn patterns(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        let gone: Vec<&'a str> = old.patterns.keys().copied().filter(|name| !new.patterns.contains_key(name)).collect();
        let come: Vec<&'a str> = new.patterns.keys().copied().filter(|name| !old.patterns.contains_key(name)).collect();
        for (pattern, was) in &old.patterns {
            if let Some(is) = new.patterns.get(pattern) {
                self.link(at.unit, Step::Pattern(pattern), was, is, at.direction);
            }
        }
        if let ([was], [is]) = (gone.as_slice(), come.as_slice()) {
            let says = format!("now has properties with names that match `{is}` instead of `{was}`");
            let says = ChangeDraft::from_to(&rules::PATTERN_PROPERTIES_CHANGED, says, was, is);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
            return self.link(at.unit, Step::Pattern(was.min(is)), &old.patterns[was], &new.patterns[is], at.direction);
        }
        for pattern in gone {
            let says = format!("no longer has a schema for properties with names that match `{pattern}`");
            let says = ChangeDraft::of(&rules::PATTERN_PROPERTIES_REMOVED, says, pattern);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
        for pattern in come {
            let says = format!("now has a schema for properties with names that match `{pattern}`");
            let says = ChangeDraft::of(&rules::PATTERN_PROPERTIES_ADDED, says, pattern);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
    }

    fn dependencies(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        for (name, other) in new.dependent_required.difference(&old.dependent_required) {
            let says = format!("must now have the property `{other}` if it has `{name}`");
            let says = ChangeDraft::from_to(&rules::DEPENDENCY_ADDED, says, name, other);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
        for (name, other) in old.dependent_required.difference(&new.dependent_required) {
            let says = format!("no longer requires the property `{other}` if it has `{name}`");
            let says = ChangeDraft::from_to(&rules::DEPENDENCY_REMOVED, says, name, other);
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
        let names: BTreeSet<&'a str> =
            old.dependent_schemas.keys().chain(new.dependent_schemas.keys()).copied().collect();
        for name in names {
            match (old.dependent_schemas.get(name), new.dependent_schemas.get(name)) {
                (Some(was), Some(is)) => {
                    self.link(at.unit, Step::Keyword("dependentSchemas"), was, is, at.direction);
                }
                (None, _) => {
                    let says = format!("must now match a schema if it has the property `{name}`");
                    let says = ChangeDraft::of(&rules::DEPENDENCY_ADDED, says, name);
                    self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
                }
                (_, None) => {
                    let says = format!("no longer has to match a schema if it has the property `{name}`");
                    let says = ChangeDraft::of(&rules::DEPENDENCY_REMOVED, says, name);
                    self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
                }
            }
        }
    }

    fn unevaluated(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        let lists = [
            ("properties", &old.unevaluated_properties, &new.unevaluated_properties),
            ("items", &old.unevaluated_items, &new.unevaluated_items),
        ];
        for (what, was, is) in lists {
            let forbids = |side: &Side<'a>, ids: &[SchemaId]| ids.iter().any(|id| side.is_never(Some(*id)));
            let says = match (forbids(&self.old, was), forbids(&self.new, is)) {
                (false, true) => ChangeDraft::of(
                    &rules::UNEVALUATED_CLOSED,
                    format!("can no longer have {what} that no schema describes"),
                    what,
                ),
                (true, false) => ChangeDraft::of(
                    &rules::UNEVALUATED_OPENED,
                    format!("may now have {what} that no schema describes"),
                    what,
                ),
                // The schema of additional properties is compared with `additionalProperties`.
                (false, false) if what == "items" => {
                    self.link(at.unit, Step::Keyword("unevaluatedItems"), was, is, at.direction);
                    continue;
                }
                _ => continue,
            };
            self.note(at.unit, Step::Same, Some(at.direction), at.places, says);
        }
    }

    fn nested_keywords(&mut self, at: At<'_>, old: &Rare<'a>, new: &Rare<'a>) {
        let names = Nested {
            keyword: "propertyNames",
            added: (&rules::PROPERTY_NAMES_ADDED, "now has a schema for the names of its properties"),
            removed: (&rules::PROPERTY_NAMES_REMOVED, "no longer has a schema for the names of its properties"),
        };
        self.nested(at, &names, &old.property_names, &new.property_names);
        let content = Nested {
            keyword: "contentSchema",
            added: (&rules::CONTENT_SCHEMA_ADDED, "now has a schema for the content of the string"),
            removed: (&rules::CONTENT_SCHEMA_REMOVED, "no longer has a schema for the content of the string"),
        };
        self.nested(at, &content, &old.content_schema, &new.content_schema);
    }

    fn nested(&mut self, at: At<'_>, nested: &Nested<'_>, old: &[SchemaId], new: &[SchemaId]) {
        let (rule, says) = match (old.is_empty(), new.is_empty()) {
            (true, true) => return,
            (true, false) => nested.added,
            (false, true) => nested.removed,
            (false, false) => return self.link(at.unit, Step::Keyword(nested.keyword), old, new, at.direction),
        };
        self.note(at.unit, Step::Same, Some(at.direction), at.places, ChangeDraft::new(rule, says));
    }
}

/// The location of a comparison of keywords.
#[derive(Clone, Copy)]
struct At<'p> {
    unit: ComparisonId,
    places: Places<'p>,
    direction: Direction,
}

/// Compares keywords without nested schemas.
fn facts(old: &Rare<'_>, new: &Rare<'_>) -> Vec<ChangeDraft> {
    let mut found = Vec::new();
    match (old.content_media_type, new.content_media_type) {
        (None, None) => {}
        (Some(was), Some(is)) if was == is => {}
        (None, Some(is)) => {
            found.push(ChangeDraft::of(&rules::CONTENT_MEDIA_TYPE_ADDED, format!("now contains `{is}`"), is));
        }
        (Some(was), None) => {
            found.push(ChangeDraft::of(
                &rules::CONTENT_MEDIA_TYPE_REMOVED,
                format!("no longer declares that it contains `{was}`"),
                was,
            ));
        }
        (Some(was), Some(is)) => {
            let says = format!("now contains `{is}` instead of `{was}`");
            found.push(ChangeDraft::from_to(&rules::CONTENT_MEDIA_TYPE_CHANGED, says, was, is));
        }
    }
    if old.xml != new.xml {
        found.push(ChangeDraft::new(&rules::XML_CHANGED, "has a different XML encoding"));
    }
    found.extend(sunset(old.sunset, new.sunset));
    found.extend(stability(old.stability, new.stability));
    found.extend(extensible(old.extensible.as_ref(), new.extensible.as_ref()));
    found
}

/// Compares sunset dates.
pub(super) fn sunset(old: Option<&str>, new: Option<&str>) -> Option<ChangeDraft> {
    match (old, new) {
        (None, Some(new)) => Some(ChangeDraft::of(&rules::SUNSET_SET, format!("now ends on {new}"), new)),
        (Some(old), None) => Some(ChangeDraft::of(&rules::SUNSET_LIFTED, format!("no longer ends on {old}"), old)),
        (Some(old), Some(new)) if old != new => {
            Some(ChangeDraft::from_to(&rules::SUNSET_CHANGED, format!("now ends on {new} instead of {old}"), old, new))
        }
        _ => None,
    }
}

/// Compares stability levels; `stable` is the default.
pub(super) fn stability(old: Option<&str>, new: Option<&str>) -> Option<ChangeDraft> {
    const LEVELS: [&str; 4] = ["draft", "alpha", "beta", "stable"];
    let level = |word: &str| LEVELS.iter().position(|level| *level == word).unwrap_or(LEVELS.len());
    let (was, is) = (old.unwrap_or("stable"), new.unwrap_or("stable"));
    if was == is {
        return None;
    }
    let rule = if level(is) < level(was) { &rules::STABILITY_LOWERED } else { &rules::STABILITY_RAISED };
    Some(ChangeDraft::from_to(rule, format!("is now `{is}` instead of `{was}`"), was, is))
}

fn extensible(old: Option<&BTreeSet<String>>, new: Option<&BTreeSet<String>>) -> Vec<ChangeDraft> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let listed = |from: &BTreeSet<String>, without: &BTreeSet<String>| {
        from.difference(without).map(|value| format!("`{}`", value.trim_matches('"'))).collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (listed(old, new), listed(new, old));
    let mut found = Vec::new();
    if !gone.is_empty() {
        let says = format!("no longer lists {gone} in `x-extensible-enum`");
        found.push(ChangeDraft::of(&rules::EXTENSIBLE_VALUE_REMOVED, says, &gone));
    }
    if !come.is_empty() {
        let says = format!("now lists {come} in `x-extensible-enum`");
        found.push(ChangeDraft::of(&rules::EXTENSIBLE_VALUE_ADDED, says, &come));
    }
    found
}

impl<'a> Side<'a> {
    /// Returns a number that is the same for equivalent schemas, or 0 if there are none.
    pub(super) fn hash_of(&mut self, schemas: &[SchemaId]) -> u64 {
        if schemas.is_empty() {
            return 0;
        }
        let node = self.node(schemas.iter().copied());
        self.hash(node)
    }

    /// Returns the keywords of a node as text, and the schemas in them, to distinguish nodes.
    pub(super) fn rare_text(&self, view: &View<'a>) -> (String, Vec<Vec<SchemaId>>) {
        let rare = Rare::of(&view.declared);
        if rare.is_empty() {
            return (String::new(), Vec::new());
        }
        let text = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            rare.count,
            rare.patterns.keys(),
            rare.dependent_schemas.keys(),
            rare.dependent_required,
            rare.content_media_type,
            rare.extensible,
        );
        let conditions = rare.conditions.iter().flatten().map(|part| part.as_slice().to_vec());
        let lists = [
            rare.contains,
            rare.property_names,
            rare.unevaluated_properties,
            rare.unevaluated_items,
            rare.content_schema,
        ];
        let maps = rare.patterns.into_values().chain(rare.dependent_schemas.into_values());
        (text, conditions.chain(lists).chain(maps).collect())
    }
}
