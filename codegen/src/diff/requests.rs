//! What an operation takes and answers, compared: parameters, bodies, responses.

use super::graph::{Key, Step, UnitId};
use super::operations::position;
use super::view::Side;
use super::wire::{Places, Says, Wire};
use super::{Direction, Rule, rules};
use crate::diagnostic::child;
use crate::resolve::{Body, Header, Location, Media, Operation, Parameter, Response, SchemaId, Style};

/// Two lists, before and after.
type Lists<'a, T> = (&'a [T], &'a [T]);

impl<'a> Wire<'a> {
    pub(super) fn parameters(&mut self, unit: UnitId, old: &'a Operation, new: &'a Operation) {
        let is_same = |was: &Parameter, is: &Parameter| match was.location {
            _ if was.location != is.location => false,
            Location::Path => position(&old.path, &was.name) == position(&new.path, &is.name),
            Location::Header => was.name.eq_ignore_ascii_case(&is.name),
            Location::Query | Location::Cookie => was.name == is.name,
        };
        let gone = |was: &&Parameter| !new.parameters.iter().any(|is| is_same(was, is));
        let come = |is: &&Parameter| !old.parameters.iter().any(|was| is_same(was, is));
        let has_moved = |was: &Parameter, is: &Parameter| {
            was.location != is.location
                && was.location != Location::Path
                && is.location != Location::Path
                && was.name.eq_ignore_ascii_case(&is.name)
        };
        for is in &new.parameters {
            let step = step(new, is);
            if let Some(was) = old.parameters.iter().find(|was| is_same(was, is)) {
                let step = match step {
                    Step::Parameter(location, name) => Step::Parameter(location, name.min(&was.name)),
                    step => step,
                };
                let (part, is_new) = self.graph.part(unit, step, Key::Declared(&was.pointer, &is.pointer));
                if is_new {
                    self.parameter(part, was, is);
                }
            } else if let Some(was) = old.parameters.iter().filter(gone).find(|was| has_moved(was, is)) {
                let words = (was.location.as_str(), is.location.as_str());
                let says = format!("went from {} to {}", words.0, words.1);
                let says = Says::from_to(&rules::PARAMETER_MOVED, says, words.0, words.1);
                let step = Step::Moved(was.name.as_str().min(&is.name));
                self.note(unit, step, Some(Direction::Request), Places::new(&was.pointer, &is.pointer), says);
            } else {
                let (rule, says): (&Rule, _) = match is.required {
                    true => (&rules::REQUIRED_PARAMETER_ADDED, "is new and required"),
                    false => (&rules::PARAMETER_ADDED, "is new"),
                };
                let places = Places::new(&old.pointer, &is.pointer);
                self.alone(unit, step, &is.pointer, (rule, says), places, Direction::Request);
            }
        }
        for was in old.parameters.iter().filter(gone) {
            if new.parameters.iter().filter(come).any(|is| has_moved(was, is)) {
                continue;
            }
            let (rule, says): (&Rule, _) = match was.required {
                true => (&rules::REQUIRED_PARAMETER_REMOVED, "is gone; it was required"),
                false => (&rules::PARAMETER_REMOVED, "is gone"),
            };
            let places = Places::new(&was.pointer, &new.pointer);
            self.alone(unit, step(old, was), &was.pointer, (rule, says), places, Direction::Request);
        }
    }

    fn parameter(&mut self, unit: UnitId, old: &'a Parameter, new: &'a Parameter) {
        let places = Places::new(&old.pointer, &new.pointer);
        let is_written_otherwise = self.is_written_otherwise(old, new);
        let mut note = |says| self.note(unit, Step::Same, Some(Direction::Request), places, says);
        match (old.required, new.required) {
            (false, true) => note(Says::new(&rules::PARAMETER_BECAME_REQUIRED, "is required now")),
            (true, false) => note(Says::new(&rules::PARAMETER_BECAME_OPTIONAL, "is no longer required")),
            _ => {}
        }
        match (old.deprecated, new.deprecated) {
            (false, true) => note(Says::new(&rules::PARAMETER_DEPRECATED, "is deprecated now")),
            (true, false) => note(Says::new(&rules::PARAMETER_UNDEPRECATED, "is no longer deprecated")),
            _ => {}
        }
        if is_written_otherwise {
            let (was, is) = (style_word(old), style_word(new));
            let says = format!("is written {is} now instead of {was}");
            note(Says::from_to(&rules::PARAMETER_STYLE_CHANGED, says, was, is));
        }
        self.graph.set_text(unit, !old.json && !new.json);
        self.link(unit, Step::Same, &[old.schema], &[new.schema], Direction::Request);
    }

    /// Styles differ in how they write arrays and objects alone.
    fn is_written_otherwise(&mut self, old: &Parameter, new: &Parameter) -> bool {
        let is_scalar = |side: &mut Side<'a>, schema: SchemaId| {
            let node = side.node([schema]);
            let view = side.view(node);
            view.choices.is_empty() && view.kind.is_scalar()
        };
        match old.json == new.json {
            true if old.style == new.style => false,
            true => !is_scalar(&mut self.old, old.schema) || !is_scalar(&mut self.new, new.schema),
            false => true,
        }
    }

    pub(super) fn bodies(&mut self, unit: UnitId, old: &'a Operation, new: &'a Operation) {
        let direction = Direction::Request;
        match (&old.body, &new.body) {
            (None, None) => {}
            (None, Some(body)) => {
                let (rule, says): (&Rule, _) = match body.required {
                    true => (&rules::REQUIRED_BODY_ADDED, "is new and required"),
                    false => (&rules::BODY_ADDED, "is new"),
                };
                let places = Places::new(&old.pointer, &body.pointer);
                self.alone(unit, Step::Body, &body.pointer, (rule, says), places, direction);
            }
            (Some(body), None) => {
                let (rule, says): (&Rule, _) = match body.required {
                    true => (&rules::REQUIRED_BODY_REMOVED, "is gone; it was required"),
                    false => (&rules::BODY_REMOVED, "is gone"),
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

    fn body(&mut self, unit: UnitId, old: &'a Body, new: &'a Body) {
        let places = Places::new(&old.pointer, &new.pointer);
        let says = match (old.required, new.required) {
            (false, true) => Some(Says::new(&rules::BODY_BECAME_REQUIRED, "is required now")),
            (true, false) => Some(Says::new(&rules::BODY_BECAME_OPTIONAL, "is no longer required")),
            _ => None,
        };
        if let Some(says) = says {
            self.note(unit, Step::Same, Some(Direction::Request), places, says);
        }
        self.media(unit, (&old.media, &new.media), (&old.pointer, &new.pointer), Direction::Request);
    }

    /// Compares the media types of bodies that stand at these pointers.
    pub(super) fn media(
        &mut self,
        unit: UnitId,
        (old, new): Lists<'a, Media>,
        pointers: (&str, &str),
        direction: Direction,
    ) {
        let is_same = |was: &Media, is: &Media| bare(&was.media_type) == bare(&is.media_type);
        let place = |pointer: &str, media: &Media| child(&child(pointer, "content"), &media.media_type);
        for was in old {
            let at = place(pointers.0, was);
            let Some(is) = new.iter().find(|is| is_same(was, is)) else {
                let says = Says::new(&rules::MEDIA_TYPE_REMOVED, format!("is no longer of type `{}`", was.media_type));
                let places = Places::new(&at, pointers.1);
                self.note(unit, Step::Media(&was.media_type), Some(direction), places, says);
                continue;
            };
            let places = (at, place(pointers.1, is));
            let media = |media: &Media| media.schema.as_slice().to_vec();
            let step = Step::Media(was.media_type.as_str().min(&is.media_type));
            self.graph.set_text(unit, is_form(&is.media_type));
            self.link(unit, step, &media(was), &media(is), direction);
            self.encodings(unit, was, is, Places::new(&places.0, &places.1), direction);
        }
        for is in new.iter().filter(|is| !old.iter().any(|was| is_same(was, is))) {
            let says = Says::new(&rules::MEDIA_TYPE_ADDED, format!("may be of type `{}` now", is.media_type));
            let at = place(pointers.1, is);
            self.note(unit, Step::Media(&is.media_type), Some(direction), Places::new(pointers.0, &at), says);
        }
    }

    fn encodings(&mut self, unit: UnitId, old: &'a Media, new: &'a Media, places: Places<'_>, direction: Direction) {
        let gone = old.deep.iter().filter(|name| !new.deep.contains(name)).map(|name| (name, "without brackets"));
        let come = new.deep.iter().filter(|name| !old.deep.contains(name)).map(|name| (name, "as `name[key]`"));
        for (name, how) in gone.chain(come) {
            let says = format!("writes the entries of `{name}` {how} now");
            let says = Says::of(&rules::ENCODING_CHANGED, says, name);
            self.note(unit, Step::Media(&new.media_type), Some(direction), places, says);
        }
    }

    pub(super) fn responses(&mut self, unit: UnitId, old: &'a Operation, new: &'a Operation) {
        let direction = Direction::Response;
        for is in &new.responses {
            match old.responses.iter().find(|was| was.status == is.status) {
                Some(was) => {
                    let key = Key::Declared(&was.pointer, &is.pointer);
                    let (part, is_new) = self.graph.part(unit, Step::Status(is.status), key);
                    if is_new {
                        self.response(part, was, is);
                    }
                }
                None => {
                    let rule = match is.status.is_success() {
                        true => &rules::SUCCESS_STATUS_ADDED,
                        false => &rules::ERROR_STATUS_ADDED,
                    };
                    let places = Places::new(&old.pointer, &is.pointer);
                    self.alone(unit, Step::Status(is.status), &is.pointer, (rule, "is new"), places, direction);
                }
            }
        }
        for was in old.responses.iter().filter(|was| new.responses.iter().all(|is| is.status != was.status)) {
            let rule = match was.status.is_success() {
                true => &rules::SUCCESS_STATUS_REMOVED,
                false => &rules::ERROR_STATUS_REMOVED,
            };
            let places = Places::new(&was.pointer, &new.pointer);
            self.alone(unit, Step::Status(was.status), &was.pointer, (rule, "is gone"), places, direction);
        }
    }

    fn response(&mut self, unit: UnitId, old: &'a Response, new: &'a Response) {
        self.headers(unit, old, new);
        self.media(unit, (&old.media, &new.media), (&old.pointer, &new.pointer), Direction::Response);
    }

    fn headers(&mut self, unit: UnitId, old: &'a Response, new: &'a Response) {
        let is_same = |was: &Header, is: &Header| was.name.eq_ignore_ascii_case(&is.name);
        let direction = Direction::Response;
        for was in &old.headers {
            let Some(is) = new.headers.iter().find(|is| is_same(was, is)) else {
                let step = Step::Header(&was.name);
                let (rule, says): (&Rule, _) = match was.required {
                    true => (&rules::REQUIRED_HEADER_REMOVED, "is gone; it was always there"),
                    false => (&rules::HEADER_REMOVED, "is gone"),
                };
                let places = Places::new(&was.pointer, &new.pointer);
                self.alone(unit, step, &was.pointer, (rule, says), places, direction);
                continue;
            };
            let step = Step::Header(was.name.as_str().min(&is.name));
            let (part, is_new) = self.graph.part(unit, step, Key::Declared(&was.pointer, &is.pointer));
            if is_new {
                let says = match (was.required, is.required) {
                    (false, true) => Some(Says::new(&rules::HEADER_BECAME_REQUIRED, "is always there now")),
                    (true, false) => Some(Says::new(&rules::HEADER_BECAME_OPTIONAL, "is no longer always there")),
                    _ => None,
                };
                if let Some(says) = says {
                    self.note(part, Step::Same, Some(direction), Places::new(&was.pointer, &is.pointer), says);
                }
                self.graph.set_text(part, true);
                self.link(part, Step::Same, was.schema.as_slice(), is.schema.as_slice(), direction);
            }
        }
        for is in new.headers.iter().filter(|is| !old.headers.iter().any(|was| is_same(was, is))) {
            let (rule, says): (&Rule, _) = match is.required {
                true => (&rules::REQUIRED_HEADER_ADDED, "is new and always there"),
                false => (&rules::HEADER_ADDED, "is new"),
            };
            let places = Places::new(&old.pointer, &is.pointer);
            self.alone(unit, Step::Header(&is.name), &is.pointer, (rule, says), places, direction);
        }
    }

    /// Notes what only one document has, at the pointer `own`: once for all operations that share its definition.
    fn alone(
        &mut self,
        unit: UnitId,
        step: Step<'a>,
        own: &'a str,
        (rule, says): (&'static Rule, &str),
        places: Places<'_>,
        direction: Direction,
    ) {
        let (part, is_new) = self.graph.part(unit, step.clone(), Key::Alone(rule.id, own, step.identity()));
        if is_new {
            self.note(part, Step::Same, Some(direction), places, Says::new(rule, says));
        }
    }
}

fn step<'a>(operation: &'a Operation, parameter: &'a Parameter) -> Step<'a> {
    match parameter.location {
        Location::Path => Step::PathParameter(position(&operation.path, &parameter.name), &parameter.name),
        location => Step::Parameter(location, &parameter.name),
    }
}

/// A media type as it is compared: without the charset, which JSON does not have and text is free to have.
fn bare(media_type: &str) -> String {
    let parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.filter(|part| !part.starts_with("charset=")).collect::<Vec<_>>().join(";")
}

/// Whether all values of a body of this type are text.
fn is_form(media_type: &str) -> bool {
    matches!(bare(media_type).as_str(), "application/x-www-form-urlencoded" | "multipart/form-data")
}

fn style_word(parameter: &Parameter) -> &'static str {
    match parameter.style {
        _ if parameter.json => "as JSON",
        Style::Form => "with commas",
        Style::FormExplode => "with its name repeated",
        Style::Space => "with spaces",
        Style::Pipe => "with `|`",
        Style::Deep => "with keys in brackets",
        Style::Label => "behind a dot",
        Style::LabelExplode => "each behind a dot",
        Style::Matrix => "behind its name",
        Style::MatrixExplode => "each behind its name",
    }
}
