//! Compares the encodings of form properties: style, media type and headers.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{ComparisonId, Step};
use super::view::{Additional, Node, Side, Type, View};
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, rules};
use crm_clients_document::model::{Encoding, MediaType, Style, StyleKind};

/// The type and the default media type of a part whose schema is not followed.
const UNKNOWN: (Type, &str) = (Type::Any, "");

/// Returns the media type of a part without a declared one.
fn default_type(view: &View<'_>) -> &'static str {
    match view.kind {
        _ if !view.choices.is_empty() => "",
        Type::Object => "application/json",
        Type::String if view.format() == "binary" => "application/octet-stream",
        kind if kind.is_scalar() => "text/plain",
        _ => "",
    }
}

/// The declared encoding of a property.
#[derive(Default, PartialEq)]
struct Written {
    layout: Option<(Style, bool)>,
    media_type: Option<String>,
    /// The part's headers, each with true if it is required.
    headers: BTreeMap<String, (bool, u64)>,
    /// The encodings of nested parts.
    nested: Vec<(String, Self)>,
}

impl<'a> Wire<'a> {
    /// Compares the encodings of properties in both documents. Added and removed properties are reported elsewhere.
    pub(super) fn encodings(
        &mut self,
        unit: ComparisonId,
        (old, new): (&'a MediaType, &'a MediaType),
        step: &Step<'a>,
        places: Places<'_>,
        direction: Direction,
    ) {
        let names: BTreeSet<&str> = old.encoding.keys().chain(new.encoding.keys()).map(String::as_str).collect();
        if names.is_empty() && old.prefix_encoding.is_empty() && new.prefix_encoding.is_empty() {
            return self.item_encoding(unit, (old, new), places);
        }
        let (was, is) = (self.old.node(old.schema), self.new.node(new.schema));
        let kinds = (self.old.kinds(was), self.new.kinds(is));
        for name in names {
            let (Some(was_kind), Some(is_kind)) = (kinds.0.get(name), kinds.1.get(name)) else { continue };
            if let (Some(was), Some(is)) = (old.encoding.get(name), new.encoding.get(name)) {
                self.encoding_leftover(unit, was, is, places);
            }
            let was = self.old.written(old.encoding.get(name), *was_kind);
            let is = self.new.written(new.encoding.get(name), *is_kind);
            for says in differences(name, &was, &is) {
                self.note(unit, step.clone(), Some(direction), places, says);
            }
        }
        let count = (old.prefix_encoding.len(), new.prefix_encoding.len());
        for index in 0..count.0.max(count.1) {
            let was = self.old.written(old.prefix_encoding.get(index), UNKNOWN);
            let is = self.new.written(new.prefix_encoding.get(index), UNKNOWN);
            for says in differences(&format!("part {}", index + 1), &was, &is) {
                self.note(unit, step.clone(), Some(direction), places, says);
            }
        }
        self.item_encoding(unit, (old, new), places);
    }

    fn item_encoding(&mut self, unit: ComparisonId, (old, new): (&'a MediaType, &'a MediaType), places: Places<'_>) {
        let was = self.old.written(old.item_encoding.as_deref(), UNKNOWN);
        if was != self.new.written(new.item_encoding.as_deref(), UNKNOWN) {
            self.uncompared(unit, places, "itemEncoding");
        }
    }
}

fn differences(name: &str, old: &Written, new: &Written) -> Vec<ChangeDraft> {
    let mut found = Vec::new();
    let mut changed = |what: &str, old: &str, new: &str| {
        let says = format!("writes `{name}` {what}");
        found.push(ChangeDraft::of(&rules::ENCODING_CHANGED, says, &format!("{name} {old} > {new}")));
    };
    if old.layout != new.layout {
        let (was, is) = (layout_words(old.layout), layout_words(new.layout));
        changed(&format!("now {is} instead of {was}"), &was, &is);
    }
    if old.media_type != new.media_type {
        let word = |media_type: &Option<String>| media_type.clone().unwrap_or_else(|| "its default type".to_owned());
        let (was, is) = (word(&old.media_type), word(&new.media_type));
        changed(&format!("now as `{is}` instead of `{was}`"), &was, &is);
    }
    if old.headers != new.headers {
        let names = |headers: &BTreeMap<String, (bool, u64)>| headers.keys().cloned().collect::<Vec<_>>().join(", ");
        changed("now with different headers", &names(&old.headers), &names(&new.headers));
    }
    if old.nested != new.nested {
        changed("now with different parts", "", "");
    }
    found
}

fn layout_words(layout: Option<(Style, bool)>) -> String {
    let Some((style, is_reserved)) = layout else { return "in the default way".to_owned() };
    let words = match (style.kind, style.explode) {
        (StyleKind::DeepObject, _) => "as `name[key]`",
        (StyleKind::SpaceDelimited, _) => "with spaces",
        (StyleKind::PipeDelimited, _) => "with `|`",
        (StyleKind::TabDelimited, _) => "with tabs",
        (_, true) => "with its name repeated",
        (_, false) => "with commas",
    };
    if is_reserved { format!("{words}, reserved characters as they are") } else { words.to_owned() }
}

impl<'a> Side<'a> {
    /// Returns the properties of a form, their types, and the media types that they have by default.
    fn kinds(&mut self, node: Node) -> BTreeMap<&'a str, (Type, &'static str)> {
        let view = self.view(node);
        let fields = view.fields.iter().map(|(name, field)| {
            let node = self.node(field.schemas.iter().copied());
            let view = self.view(node);
            let kind = if view.choices.is_empty() { view.kind } else { Type::Any };
            let media_type = match &view.items {
                Additional::Of(items) if kind == Type::Array => {
                    let items = self.node(items.iter().copied());
                    default_type(&self.view(items))
                }
                _ => default_type(&view),
            };
            (*name, (kind, media_type))
        });
        fields.collect()
    }

    /// Returns the encoding of a property. Defaults are omitted.
    fn written(&mut self, encoding: Option<&'a Encoding>, (kind, default): (Type, &str)) -> Written {
        let Some(encoding) = encoding else { return Written::default() };
        let is_default =
            |style: &Style| kind.is_scalar() || style.kind == StyleKind::Form && style.explode && kind == Type::Array;
        let layout = encoding.layout().filter(|style| encoding.allow_reserved || !is_default(style));
        let media_type = encoding.content_type.as_deref().map(|types| {
            let mut types: Vec<String> = types.split(',').map(|one| one.trim().to_ascii_lowercase()).collect();
            types.sort_unstable();
            types.join(", ")
        });
        let headers = encoding.headers.iter().map(|(name, id)| {
            let header = &self.document[*id];
            (name.to_ascii_lowercase(), (header.required, self.hash_of(header.schema.as_slice())))
        });
        let headers = headers.collect();
        let mut nested: Vec<(String, Written)> = Vec::new();
        for (name, part) in &encoding.encoding {
            nested.push((name.clone(), self.written(Some(part), UNKNOWN)));
        }
        let listed = encoding.prefix_encoding.iter().chain(encoding.item_encoding.as_deref());
        for (index, part) in listed.enumerate() {
            nested.push((index.to_string(), self.written(Some(part), UNKNOWN)));
        }
        nested.sort_by(|one, other| one.0.cmp(&other.0));
        Written {
            headers,
            nested,
            layout: layout.map(|style| (style, encoding.allow_reserved)),
            media_type: media_type.filter(|media_type| media_type != default),
        }
    }
}
