//! Successful responses: one type, or several by status and media type.

use std::collections::HashMap;

use super::bodies::{component_place, preferred};
use super::media::{essence, is_events, is_json, is_json_lines, is_multipart, is_text, is_xml};
use super::operations::Builder;
use super::streams::unwrapped;
use super::types::Direction;
use super::{Output, ResponseCase, Responses, Status, Type, TypeKind};
use crate::names::{self, UsedNames};
use crm_clients_document::model::{self, MediaType, ResponseId};
use crm_clients_document::normalize::{ClientSchema, Kind, Shape};

impl Builder<'_> {
    /// Returns the result of a successful call, and the media types for `Accept`, most preferred first.
    pub(super) fn output(&mut self, index: usize, place: &str) -> (Output, Option<String>) {
        let document = self.types.document;
        let operation = self.source(index);
        let any_success =
            returns_redirect(operation) || operation.responses.iter().any(|(status, _)| status.is_success());
        let mut cases: Vec<ResponseCase> = Vec::new();
        for (status, response) in &operation.responses {
            if status.is_success() || (!any_success && *status == model::Status::Default) {
                let status = Status::from(*status);
                let place = if cases.is_empty() { place.to_owned() } else { format!("{place}{}", status.reason()) };
                cases.extend(self.cases(status, *response, &place));
            }
        }
        let accept = accepted(&cases);
        let mut outputs: Vec<&Output> = Vec::new();
        for case in cases.iter().filter(|case| case.output != Output::Empty) {
            if !outputs.contains(&&case.output) {
                outputs.push(&case.output);
            }
        }
        let some_empty = cases.iter().any(|case| case.output == Output::Empty);
        match outputs.as_slice() {
            [] => {
                // Successful responses have no body, but error bodies should still be requested.
                let content = |response: ResponseId| document.media(&document[response].content);
                let refusal = operation.responses.iter().find_map(|(_, response)| preferred(&content(*response)));
                (Output::Empty, refusal.map(|media| media.name.clone()))
            }
            [Output::Json(Type::Option(ty))] => (Output::MaybeJson((**ty).clone()), accept),
            [Output::Json(ty)] if some_empty => (Output::MaybeJson(ty.clone()), accept),
            [Output::Plain(ty)] if some_empty && !matches!(ty, Type::Option(_)) => {
                (Output::Plain(Type::Option(Box::new(ty.clone()))), accept)
            }
            [only] => ((*only).clone(), accept),
            _ => (Output::Selected(self.selected(index, cases, place)), accept),
        }
    }

    /// Returns the cases of a response: one for each kind of body that is decoded differently.
    fn cases(&mut self, status: Status, response: ResponseId, place: &str) -> Vec<ResponseCase> {
        let document = self.types.document;
        let content = document.media(&document[response].content);
        let case = |media: &[&MediaType], output| ResponseCase {
            name: String::new(),
            status,
            media_types: media.iter().map(|media| media.name.clone()).collect(),
            output,
        };
        let mut cases: Vec<ResponseCase> = Vec::new();
        for media in self.readable(&content) {
            let further = if cases.is_empty() { String::new() } else { media_name(&media.name) };
            let place = format!("{place}{further}Response");
            let has_json = cases.iter().any(|case| matches!(case.output, Output::Json(_)));
            let is_further_xml = is_xml(&media.name) && has_json;
            if is_further_xml && self.repeats(media, &cases, &place) {
                continue;
            }
            let output = self.read_as(media, &place);
            if is_further_xml && !matches!(output, Output::Xml(..)) {
                continue;
            }
            let is_string =
                |output: &Output| matches!(output, Output::Json(Type::String) | Output::String | Output::Text);
            let types = &self.types;
            // A number is the same in JSON and in plain text.
            let is_plain = |known: &Output| match (known, &output) {
                (Output::Json(known), Output::Plain(ty)) => types.is_same(known, ty),
                _ => false,
            };
            let is_same = |case: &&mut ResponseCase| {
                case.output == output || is_string(&case.output) && is_string(&output) || is_plain(&case.output)
            };
            match cases.iter_mut().find(is_same) {
                Some(known) => {
                    match &known.output {
                        same if *same == output => {}
                        Output::Json(ty) if is_plain(&known.output) => known.output = Output::Plain(ty.clone()),
                        _ => known.output = Output::String,
                    }
                    known.media_types.push(media.name.clone());
                }
                None => cases.push(case(&[media], output)),
            }
        }
        if cases.is_empty() {
            cases.push(case(&[], Output::Empty));
        }
        cases
    }

    /// Returns true if XML has the same content as another case, so that it is not requested.
    fn repeats(&mut self, media: &MediaType, cases: &[ResponseCase], place: &str) -> bool {
        let Some(schema) = media.schema else { return true };
        let ty = self.types.element(schema, Direction::Response, place);
        cases.iter().filter_map(|case| case.output.ty()).any(|other| self.types.is_same(other, &ty))
    }

    /// Returns the media types that a client decodes: JSON first, then text. If there is JSON, other encodings of the
    /// same content are left out, and so are event streams, which have a separate method.
    fn readable<'m>(&mut self, content: &[&'m MediaType]) -> Vec<&'m MediaType> {
        let (mut json, mut others): (Vec<&MediaType>, Vec<&MediaType>) =
            content.iter().copied().partition(|media| self.is_json_body(media));
        let schema_of = |media: &MediaType| media.schema.map(|id| self.types.document.referred(id));
        let known: Vec<_> = json.iter().filter_map(|media| schema_of(media)).collect();
        if !json.is_empty() {
            others.retain(|media| !schema_of(media).is_some_and(|id| known.contains(&id)));
            others.retain(|media| self.is_structured(media) == is_xml(&media.name));
        }
        if !json.is_empty() || others.len() > 1 {
            // Sequences are returned by separate methods.
            let is_sequence = |name: &str| is_events(name) || is_json_lines(name) || is_multipart(name);
            others.retain(|media| !is_sequence(&media.name));
        }
        others.sort_by_key(|media| !is_text(&media.name));
        json.append(&mut others);
        json
    }

    /// Returns true if a body is declared as an object, a list or a choice, which clients cannot decode from text or
    /// bytes.
    fn is_structured(&mut self, media: &MediaType) -> bool {
        let Some(schema) = media.schema else { return false };
        matches!(unwrapped(&mut self.types.schemas, schema).1, Shape::Object(_) | Shape::Array(_) | Shape::Choice(_))
    }

    /// Returns true if a body is JSON. Where a file is declared as JSON, the server sends the file itself.
    fn is_json_body(&mut self, media: &MediaType) -> bool {
        is_json(&media.name) && !self.is_file_body(media)
    }

    fn is_file_body(&mut self, media: &MediaType) -> bool {
        media.schema.is_some_and(|id| self.types.is_file(id))
    }

    fn read_as(&mut self, media: &MediaType, place: &str) -> Output {
        self.check_items(media);
        if let (false, Some(schema)) = (self.is_json_body(media), media.schema)
            && let Some(root) = self.xml_root(media)
        {
            return Output::Xml(self.types.element(schema, Direction::Response, place), root);
        }
        if !self.is_json_body(media) {
            return match self.plain_type(media, Direction::Response, place) {
                Some(ty) => Output::Plain(ty),
                None if is_text(&media.name) && !self.is_file_body(media) => Output::Text,
                None => Output::Bytes,
            };
        }
        let Some(schema) = media.schema else { return Output::Json(Type::Value) };
        let component = component_place(&media.pointer, "responses", "Response").map(|at| format!("{at}Response"));
        let ty = self.types.element(schema, Direction::Response, component.as_deref().unwrap_or(place));
        self.types.set_signature(&ty);
        // A range includes plain text.
        if ty == Type::String && media.name.contains('*') { Output::String } else { Output::Json(ty) }
    }

    /// Returns the enum of the cases. Variants are named by status if there are several, and by media type if a status
    /// has several.
    fn selected(&mut self, index: usize, mut cases: Vec<ResponseCase>, place: &str) -> Type {
        let mut taken = UsedNames::default();
        let statuses: Vec<Status> = cases.iter().map(|case| case.status).collect();
        let mut json_cases: HashMap<Status, usize> = HashMap::new();
        for case in cases.iter().filter(|case| matches!(case.output, Output::Json(_))) {
            *json_cases.entry(case.status).or_default() += 1;
        }
        let has_several = statuses.iter().any(|status| *status != statuses[0]);
        for case in &mut cases {
            let shares = statuses.iter().filter(|status| **status == case.status).count() > 1;
            let mut name = String::new();
            if has_several {
                name.push_str(&case.status.reason());
            }
            if shares {
                let media = case.media_types.first().map_or("", String::as_str);
                let is_only_json = matches!(case.output, Output::Json(_)) && json_cases[&case.status] == 1;
                let kind = if is_only_json { "Json".to_owned() } else { media_name(media) };
                // `application/json` and `text/json`
                let whole = format!("{name}{}", names::variant_name(&without_charset(media)));
                case.name = taken.claim_any(&(name + &kind), [whole]);
                continue;
            }
            case.name = taken.claim(&name);
        }
        let pointer = format!("{}/responses", self.source(index).pointer);
        let description = "A successful response, by status and media type.".to_owned();
        // A node for the type's name and pointer; its kind is not used.
        let schema =
            ClientSchema { pointer, kind: Kind::Any, description: Some(description), ..ClientSchema::default() };
        let id = self.types.schemas.push(schema);
        let draft = self.types.reserve(id, Direction::Response, &format!("{place}Response"));
        let responses = Responses { cases, unknown: taken.claim_unknown() };
        self.types.drafts[draft.0].kind = TypeKind::Responses(responses);
        Type::Named(draft)
    }
}

/// Returns true if an operation declares a redirect and no success: its result is the redirect's `Location`.
pub(super) fn returns_redirect(operation: &model::Operation) -> bool {
    let is_redirect =
        |status: model::Status| matches!(status, model::Status::Exact(301..=303 | 307 | 308) | model::Status::Range(3));
    let declares = |is: &dyn Fn(model::Status) -> bool| operation.responses.iter().any(|(status, _)| is(*status));
    declares(&is_redirect) && !declares(&model::Status::is_success)
}

/// Returns the media types of all cases for `Accept`, most preferred first.
fn accepted(cases: &[ResponseCase]) -> Option<String> {
    let mut listed: Vec<String> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for media_type in cases.iter().flat_map(|case| &case.media_types) {
        let distinct = without_charset(media_type);
        if known.contains(&distinct) {
            continue;
        }
        let weight = 10_usize.saturating_sub(known.len()).max(1);
        listed.push(if known.is_empty() { media_type.clone() } else { format!("{media_type};q=0.{weight}") });
        known.push(distinct);
    }
    (!listed.is_empty()).then(|| listed.join(", "))
}

/// Returns a media type with its parameters, except the encoding of text, which does not change the content.
fn without_charset(media_type: &str) -> String {
    let parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.filter(|part| !part.starts_with("charset=")).collect::<Vec<_>>().join(";")
}

/// Returns the name of a media type: `Json`, `Csv`, `HalJson`, `JsonVersion2`.
fn media_name(media_type: &str) -> String {
    let essence = essence(media_type);
    let (kind, subtype) = essence.split_once('/').unwrap_or(("", &essence));
    let name = match subtype {
        "*" if kind == "*" || kind == "application" => "Body",
        "*" => kind,
        "plain" => "Text",
        "octet-stream" => "Bytes",
        other => other.trim_start_matches("x-"),
    };
    let distinct = without_charset(media_type);
    // A URL is no name.
    let parameters = distinct.split(';').skip(1).filter(|parameter| !parameter.contains('/'));
    names::variant_name(&[name].into_iter().chain(parameters).collect::<Vec<_>>().join(" "))
}
