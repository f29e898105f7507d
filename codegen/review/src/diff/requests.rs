//! Compares the inputs and outputs of operations: parameters, bodies and responses.

use super::graph::{ComparisonId, Key, Step, Transport, status_word};
use super::keywords::{stability, sunset};
use super::operations::position;
use super::pairs::{bare, covers, covers_status, is_form, is_structured, media_pairs, status_pairs};
use super::view::Side;
use super::wire::{ChangeDraft, Places, Wire};
use super::{Direction, Rule, rules};
use crm_clients_document::diagnostic::child;
use crm_clients_document::model::{Location, MediaType, Operation, Parameter, RequestBody, Response, SchemaId};
use crm_clients_generator::ir::Style;
use serde_json::Value;

/// Two lists, old and new.
type Lists<'l, T> = (&'l [T], &'l [T]);

impl<'a> Wire<'a> {
    pub(super) fn parameters(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let is_same = |was: &Parameter, is: &Parameter| match was.location {
            _ if was.location != is.location => false,
            Location::Path => position(&old.path, &was.name) == position(&new.path, &is.name),
            Location::Header => was.name.eq_ignore_ascii_case(&is.name),
            Location::Query | Location::Cookie => was.name == is.name,
            Location::QueryString => true,
        };
        let (all_old, all_new) = (self.old.document.parameters(old), self.new.document.parameters(new));
        let gone = |was: &&Parameter| !all_new.iter().any(|is| is_same(was, is));
        let come = |is: &&Parameter| !all_old.iter().any(|was| is_same(was, is));
        let has_moved = |was: &Parameter, is: &Parameter| {
            was.location != is.location
                && was.location != Location::Path
                && is.location != Location::Path
                && was.name.eq_ignore_ascii_case(&is.name)
        };
        for is in all_new.iter().copied() {
            let step = step(new, is);
            if let Some(was) = all_old.iter().copied().find(|was| is_same(was, is)) {
                let step = match step {
                    Step::Parameter(location, name) => Step::Parameter(location, name.min(&was.name)),
                    step => step,
                };
                let (part, is_new) = self.graph.part(unit, step, Key::Declared(&was.pointer, &is.pointer));
                if is_new {
                    self.parameter(part, was, is);
                }
            } else if let Some(was) = all_old.iter().copied().filter(gone).find(|was| has_moved(was, is)) {
                let words = (was.location.word(), is.location.word());
                let says = format!("moved from {} to {}", words.0, words.1);
                let says = ChangeDraft::from_to(&rules::PARAMETER_MOVED, says, words.0, words.1);
                let step = Step::Moved(was.name.as_str().min(&is.name));
                self.note(unit, step, Some(Direction::Request), Places::new(&was.pointer, &is.pointer), says);
            } else {
                let (rule, says): (&Rule, _) = match is.required {
                    true => (&rules::REQUIRED_PARAMETER_ADDED, "was added and is required"),
                    false => (&rules::PARAMETER_ADDED, "was added"),
                };
                let places = Places::new(&old.pointer, &is.pointer);
                self.alone(unit, step, &is.pointer, (rule, says), places, Direction::Request);
            }
        }
        for was in all_old.iter().copied().filter(gone) {
            if all_new.iter().copied().filter(come).any(|is| has_moved(was, is)) {
                continue;
            }
            let (rule, says): (&Rule, _) = match was.required {
                true => (&rules::REQUIRED_PARAMETER_REMOVED, "was removed; it was required"),
                false => (&rules::PARAMETER_REMOVED, "was removed"),
            };
            let places = Places::new(&was.pointer, &new.pointer);
            self.alone(unit, step(old, was), &was.pointer, (rule, says), places, Direction::Request);
        }
    }

    fn parameter(&mut self, unit: ComparisonId, old: &'a Parameter, new: &'a Parameter) {
        let places = Places::new(&old.pointer, &new.pointer);
        let is_written_otherwise = self.is_written_otherwise(old, new);
        let mut note = |says| self.note(unit, Step::Same, Some(Direction::Request), places, says);
        match (old.required, new.required) {
            (false, true) => note(ChangeDraft::new(&rules::PARAMETER_BECAME_REQUIRED, "is now required")),
            (true, false) => note(ChangeDraft::new(&rules::PARAMETER_BECAME_OPTIONAL, "is no longer required")),
            _ => {}
        }
        match (old.deprecated, new.deprecated) {
            (false, true) => note(ChangeDraft::new(&rules::PARAMETER_DEPRECATED, "is now deprecated")),
            (true, false) => note(ChangeDraft::new(&rules::PARAMETER_UNDEPRECATED, "is no longer deprecated")),
            _ => {}
        }
        match (old.allow_empty_value, new.allow_empty_value) {
            (true, false) => note(ChangeDraft::new(&rules::EMPTY_VALUE_FORBIDDEN, "can no longer be empty")),
            (false, true) => note(ChangeDraft::new(&rules::EMPTY_VALUE_ALLOWED, "may now be empty")),
            _ => {}
        }
        match (old.allow_reserved, new.allow_reserved) {
            (true, false) => {
                note(ChangeDraft::new(&rules::RESERVED_ENCODED, "now has its reserved characters encoded"))
            }
            (false, true) => {
                note(ChangeDraft::new(&rules::RESERVED_UNENCODED, "no longer has its reserved characters encoded"))
            }
            _ => {}
        }
        let text = |parameter: &'a Parameter, name: &str| parameter.extensions.get(name).and_then(Value::as_str);
        let found = [
            sunset(text(old, "x-sunset"), text(new, "x-sunset")),
            stability(text(old, "x-stability-level"), text(new, "x-stability-level")),
        ];
        found.into_iter().flatten().for_each(&mut note);
        if is_written_otherwise {
            let (was, is) = (style_word(old), style_word(new));
            let says = format!("is now written {is} instead of {was}");
            note(ChangeDraft::from_to(&rules::PARAMETER_STYLE_CHANGED, says, was, is));
        }
        let transport = match old.location {
            _ if old.is_json() || new.is_json() => Transport::Json,
            Location::Path => Transport::Path,
            _ => Transport::Text,
        };
        self.graph.set_transport(unit, transport);
        if transport == Transport::Json {
            self.link(unit, Step::Same, old.schema.as_slice(), new.schema.as_slice(), Direction::Request);
        } else {
            self.link_text(unit, old.schema.as_slice(), new.schema.as_slice(), Direction::Request);
        }
        self.parameter_leftover(unit, old, new);
    }

    /// Returns true if the styles differ in their encoding of arrays and objects, or in the prefix of a path value.
    fn is_written_otherwise(&mut self, old: &Parameter, new: &Parameter) -> bool {
        let is_scalar = |side: &mut Side<'a>, schema: Option<SchemaId>| {
            let node = side.node(schema);
            let view = side.view(node);
            view.choices.is_empty() && view.kind.is_scalar()
        };
        match old.is_json() == new.is_json() {
            true if Style::of(old) == Style::of(new) => false,
            true if sign(old) != sign(new) => true,
            true => !is_scalar(&mut self.old, old.schema) || !is_scalar(&mut self.new, new.schema),
            false => true,
        }
    }

    pub(super) fn bodies(&mut self, unit: ComparisonId, old: &'a Operation, new: &'a Operation) {
        let direction = Direction::Request;
        match (self.old.document.body(old), self.new.document.body(new)) {
            (None, None) => {}
            (None, Some(body)) => {
                let (rule, says): (&Rule, _) = match body.required {
                    true => (&rules::REQUIRED_BODY_ADDED, "was added and is required"),
                    false => (&rules::BODY_ADDED, "was added"),
                };
                let places = Places::new(&old.pointer, &body.pointer);
                self.alone(unit, Step::Body, &body.pointer, (rule, says), places, direction);
            }
            (Some(body), None) => {
                let (rule, says): (&Rule, _) = match body.required {
                    true => (&rules::REQUIRED_BODY_REMOVED, "was removed; it was required"),
                    false => (&rules::BODY_REMOVED, "was removed"),
                };
                let places = Places::new(&body.pointer, &new.pointer);
                self.alone(unit, Step::Body, &body.pointer, (rule, says), places, direction);
            }
            (Some(was), Some(is)) => {
                let (part, is_new) = self.graph.part(unit, Step::Body, Key::Declared(&was.pointer, &is.pointer));
                if is_new {
                    self.body(part, was, is);
                }
            }
        }
    }

    fn body(&mut self, unit: ComparisonId, old: &'a RequestBody, new: &'a RequestBody) {
        let places = Places::new(&old.pointer, &new.pointer);
        let says = match (old.required, new.required) {
            (false, true) => Some(ChangeDraft::new(&rules::BODY_BECAME_REQUIRED, "is now required")),
            (true, false) => Some(ChangeDraft::new(&rules::BODY_BECAME_OPTIONAL, "is no longer required")),
            _ => None,
        };
        if let Some(says) = says {
            self.note(unit, Step::Same, Some(Direction::Request), places, says);
        }
        let content = (self.old.document.media(&old.content), self.new.document.media(&new.content));
        self.media(unit, (&content.0, &content.1), (&old.pointer, &new.pointer), Direction::Request);
        self.body_leftover(unit, old, new);
    }

    /// Compares the media types of bodies at these JSON pointers.
    pub(super) fn media(
        &mut self,
        unit: ComparisonId,
        (old, new): Lists<'_, &'a MediaType>,
        pointers: (&str, &str),
        direction: Direction,
    ) {
        let place = |pointer: &str, media: &MediaType| child(&child(pointer, "content"), &media.name);
        let pairs = media_pairs(old, new);
        for (was, is) in &pairs {
            let at = [was.map(|was| place(pointers.0, was)), is.map(|is| place(pointers.1, is))];
            let places =
                Places { old: at[0].as_deref().or(Some(pointers.0)), new: at[1].as_deref().or(Some(pointers.1)) };
            let (was, is) = match (*was, *is) {
                (Some(was), Some(is)) => (was, is),
                (Some(was), None) => {
                    let says =
                        ChangeDraft::new(&rules::MEDIA_TYPE_REMOVED, format!("is no longer of type `{}`", was.name));
                    self.note(unit, Step::Media(&was.name), Some(direction), places, says);
                    continue;
                }
                (None, Some(is)) => {
                    let says = ChangeDraft::new(&rules::MEDIA_TYPE_ADDED, format!("may now be of type `{}`", is.name));
                    self.note(unit, Step::Media(&is.name), Some(direction), places, says);
                    continue;
                }
                (None, None) => continue,
            };
            let step = Step::Media(was.name.as_str().min(&is.name));
            if bare(&was.name) != bare(&is.name) {
                let rule = match covers(&is.name, &was.name) {
                    true => &rules::MEDIA_TYPE_WIDENED,
                    false => &rules::MEDIA_TYPE_NARROWED,
                };
                let says = format!("is now of type `{}` instead of `{}`", is.name, was.name);
                let says = ChangeDraft::from_to(rule, says, &was.name, &is.name);
                self.note(unit, step.clone(), Some(direction), places, says);
            }
            let transport = if is_form(&is.name) { Transport::Text } else { Transport::Json };
            self.graph.set_transport(unit, transport);
            // A body of bytes or text needs no schema.
            let is_untyped = |media: &MediaType| media.schema.is_none() && !is_structured(&media.name);
            if !is_untyped(was) && !is_untyped(is) {
                self.link(unit, step.clone(), was.schema.as_slice(), is.schema.as_slice(), direction);
            }
            let items = (was.item_schema.as_slice(), is.item_schema.as_slice());
            if items != (&[], &[]) {
                self.link(unit, Step::Keyword("itemSchema"), items.0, items.1, direction);
            }
            self.encodings(unit, (was, is), &step, places, direction);
            self.media_leftover(unit, (was, is), places);
        }
    }

    pub(super) fn responses(
        &mut self,
        unit: ComparisonId,
        old: &'a Operation,
        new: &'a Operation,
        direction: Direction,
    ) {
        let (old_document, new_document) = (self.old.document, self.new.document);
        for (was, is) in status_pairs(&old.responses, &new.responses) {
            match (was, is) {
                (Some((before, was)), Some((after, is))) => {
                    let (was, is) = (&old_document[*was], &new_document[*is]);
                    let step = Step::Status(*before.min(after));
                    if before != after {
                        let rule = match covers_status(*after, *before) {
                            true => &rules::STATUS_WIDENED,
                            false => &rules::STATUS_NARROWED,
                        };
                        let (before, after) = (status_word(*before), status_word(*after));
                        let says = ChangeDraft::from_to(
                            rule,
                            format!("is now declared as {after} instead of {before}"),
                            &before,
                            &after,
                        );
                        self.note(unit, step.clone(), Some(direction), Places::new(&was.pointer, &is.pointer), says);
                    }
                    let (part, is_new) = self.graph.part(unit, step, Key::Declared(&was.pointer, &is.pointer));
                    if is_new {
                        self.response(part, was, is, direction);
                    }
                }
                (None, Some((status, is))) => {
                    let is = &new_document[*is];
                    let rule = match status.is_success() {
                        true => &rules::SUCCESS_STATUS_ADDED,
                        false => &rules::ERROR_STATUS_ADDED,
                    };
                    let places = Places::new(&old.pointer, &is.pointer);
                    self.alone(unit, Step::Status(*status), &is.pointer, (rule, "was added"), places, direction);
                }
                (Some((status, was)), None) => {
                    let was = &old_document[*was];
                    let rule = match status.is_success() {
                        true => &rules::SUCCESS_STATUS_REMOVED,
                        false => &rules::ERROR_STATUS_REMOVED,
                    };
                    let places = Places::new(&was.pointer, &new.pointer);
                    self.alone(unit, Step::Status(*status), &was.pointer, (rule, "was removed"), places, direction);
                }
                (None, None) => {}
            }
        }
    }

    fn response(&mut self, unit: ComparisonId, old: &'a Response, new: &'a Response, direction: Direction) {
        self.headers(unit, old, new, direction);
        let content = (self.old.document.media(&old.content), self.new.document.media(&new.content));
        self.media(unit, (&content.0, &content.1), (&old.pointer, &new.pointer), direction);
        self.response_leftover(unit, old, new);
    }

    fn headers(&mut self, unit: ComparisonId, old: &'a Response, new: &'a Response, direction: Direction) {
        let is_same = |was: &str, is: &str| was.eq_ignore_ascii_case(is);
        let (old_document, new_document) = (self.old.document, self.new.document);
        for (name, was) in &old.headers {
            let was = &old_document[*was];
            let Some((other, is)) = new.headers.iter().find(|(is, _)| is_same(name, is)) else {
                let step = Step::Header(name);
                let (rule, says): (&Rule, _) = match was.required {
                    true => (&rules::REQUIRED_HEADER_REMOVED, "was removed; it was required"),
                    false => (&rules::HEADER_REMOVED, "was removed"),
                };
                let places = Places::new(&was.pointer, &new.pointer);
                self.alone(unit, step, &was.pointer, (rule, says), places, direction);
                continue;
            };
            let is = &new_document[*is];
            let step = Step::Header(name.as_str().min(other));
            let (part, is_new) = self.graph.part(unit, step, Key::Declared(&was.pointer, &is.pointer));
            if is_new {
                let says = match (was.required, is.required) {
                    (false, true) => Some(ChangeDraft::new(&rules::HEADER_BECAME_REQUIRED, "is now required")),
                    (true, false) => Some(ChangeDraft::new(&rules::HEADER_BECAME_OPTIONAL, "is no longer required")),
                    _ => None,
                };
                let deprecation = match (was.deprecated, is.deprecated) {
                    (false, true) => Some(ChangeDraft::new(&rules::HEADER_DEPRECATED, "is now deprecated")),
                    (true, false) => Some(ChangeDraft::new(&rules::HEADER_UNDEPRECATED, "is no longer deprecated")),
                    _ => None,
                };
                for says in says.into_iter().chain(deprecation) {
                    self.note(part, Step::Same, Some(direction), Places::new(&was.pointer, &is.pointer), says);
                }
                self.header_leftover(part, was, is);
                self.graph.set_transport(part, Transport::Text);
                self.link_text(part, was.schema.as_slice(), is.schema.as_slice(), direction);
            }
        }
        for (name, is) in new.headers.iter().filter(|(is, _)| !old.headers.keys().any(|was| is_same(was, is))) {
            let is = &new_document[*is];
            let (rule, says): (&Rule, _) = match is.required {
                true => (&rules::REQUIRED_HEADER_ADDED, "was added and is required"),
                false => (&rules::HEADER_ADDED, "was added"),
            };
            let places = Places::new(&old.pointer, &is.pointer);
            self.alone(unit, Step::Header(name), &is.pointer, (rule, says), places, direction);
        }
    }

    /// Reports a part of only one document, at its JSON pointer `own`, once for all operations that share its
    /// definition.
    fn alone(
        &mut self,
        unit: ComparisonId,
        step: Step<'a>,
        own: &'a str,
        (rule, says): (&'static Rule, &str),
        places: Places<'_>,
        direction: Direction,
    ) {
        let (part, is_new) = self.graph.part(unit, step.clone(), Key::Alone(rule.id, own, step.identity()));
        if is_new {
            self.note(part, Step::Same, Some(direction), places, ChangeDraft::new(rule, says));
        }
    }
}

fn step<'a>(operation: &'a Operation, parameter: &'a Parameter) -> Step<'a> {
    match parameter.location {
        Location::Path => Step::PathParameter(position(&operation.path, &parameter.name), &parameter.name),
        location => Step::Parameter(location, &parameter.name),
    }
}

/// Returns the prefix of a path value with this style.
fn sign(parameter: &Parameter) -> &'static str {
    match Style::of(parameter) {
        Style::Label | Style::LabelExplode => ".",
        Style::Matrix | Style::MatrixExplode => ";",
        _ => "",
    }
}

fn style_word(parameter: &Parameter) -> &'static str {
    match Style::of(parameter) {
        _ if parameter.is_json() => "as JSON",
        Style::Form => "with commas",
        Style::FormExplode => "with its name repeated",
        Style::Space => "with spaces",
        Style::Pipe => "with `|`",
        Style::Tab => "with tabs",
        Style::Deep => "with keys in brackets",
        Style::Label => "behind a dot",
        Style::LabelExplode => "each behind a dot",
        Style::Matrix => "behind its name",
        Style::MatrixExplode => "each behind its name",
        Style::SimpleExplode => "with commas and `=`",
        Style::Cookie => "with commas, unencoded",
        Style::CookieExplode => "in a cookie each, unencoded",
    }
}
