//! Moving referenced nodes into `components` from places that OpenAPI does not define: `#/definitions/Pet`,
//! `#/x-shared/Pet`.

use std::collections::HashMap;

use serde_json::Value;

use super::target::Target;
use super::{check, encode_pointer, numbered, object_at, section_pointer};
use crate::diagnostic::{Diagnostics, child, tokens};
use crate::load::Growth;
use crate::origin::SourceMap;
use crate::spec::{FieldType, Versions};

/// Moves nodes that are referenced in places that OpenAPI does not define into `components`, because no pass would
/// process them there.
///
///
/// For example,
/// ```json
/// {"paths": {"/a": {"parameters": [{"$ref": "#/shared/Page"}]}}, "shared": {"Page": {"name": "page"}}}
/// ```
/// becomes
/// ```json
/// {"paths": {"/a": {"parameters": [{"$ref": "#/components/parameters/Page"}]}}, "components": {"parameters": {"Page": {"name": "page"}}}}
/// ```
pub fn hoist_components(value: &mut Value, documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let mut growth = Growth::default();
    let mut components = Adopted::new();
    // A new component may refer to further ones.
    loop {
        let strays = strays(value);
        if strays.is_empty() {
            break;
        }
        for Stray { reference, section, target } in strays {
            let key = (target, section);
            if !components.contains_key(&key) {
                let Some(component) = add(value, &key.0, section, &mut growth, diagnostics) else { return };
                documents.copy_origin(&key.0, &component);
                components.insert(key.clone(), component);
            }
            let component = components.get(&key).map(|component| encode_pointer(component));
            if let (Some(reference), Some(component)) = (value.pointer_mut(&reference), component) {
                *reference = component.into();
            }
        }
    }
    if !components.is_empty() {
        remap(value, FieldType::DOCUMENT, Versions::read_in(value), &components);
    }
    for (target, _) in components.keys() {
        tidy(value, target);
    }
}

/// The pointers of the new components, by the original pointer and the section.
type Adopted = HashMap<(String, &'static str), String>;

/// A reference to a place that OpenAPI does not define.
struct Stray {
    /// The pointer of the reference's text.
    reference: String,
    section: &'static str,
    target: String,
}

fn strays(value: &Value) -> Vec<Stray> {
    let mut found = Vec::new();
    let versions = Versions::read_in(value);
    check::walk(value, FieldType::DOCUMENT, versions, &mut String::new(), &mut |reference, holds, text| {
        if let Some(section) = holds.reference_section()
            && let Some(target) = text.starts_with('#').then(|| Target::parse(text, "")).and_then(Result::ok)
            && is_stray(value, versions, &target.pointer)
        {
            found.push(Stray { reference: reference.to_owned(), section, target: target.pointer });
        }
    });
    found
}

fn is_stray(document: &Value, versions: Versions, pointer: &str) -> bool {
    let (mut node, mut holds) = (document, FieldType::DOCUMENT);
    for token in tokens(pointer) {
        let member = match node {
            Value::Object(members) => members.get(&token),
            _ => token.parse().ok().and_then(|index: usize| node.get(index)),
        };
        let Some(member) = member else { return false };
        holds = holds.member(&token, node.is_array(), versions);
        node = member;
    }
    // Other values cannot be the target, and are reported by a later pass.
    holds.is_data() && node.is_object()
}

/// Adds a component and returns its pointer; `None` if that is not possible.
fn add(
    value: &mut Value,
    target: &str,
    section: &str,
    growth: &mut Growth,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let node = value.pointer(target)?.clone();
    let place = section_pointer(section, Versions::of(value));
    let Some(Value::Object(members)) = tokens(&place).try_fold(&mut *value, |node, token| object_at(node, &token))
    else {
        // A later pass reports that `components` is not an object.
        return None;
    };
    let wanted = Target { path: String::new(), pointer: target.to_owned() }.name();
    // In `responses`, a key with `x-` is an extension.
    let wanted = wanted.strip_prefix("x-").map(|rest| format!("X-{rest}")).unwrap_or(wanted);
    let name = std::iter::once(wanted.clone()).chain(numbered(&wanted)).find(|name| !members.contains_key(name))?;
    let pointer = child(&place, &name);
    if let Err(message) = growth.allow(&node, &pointer) {
        diagnostics.error("too-large", target, message, "");
        return None;
    }
    members.insert(name, node);
    Some(pointer)
}

/// Updates the values of a discriminator's mapping, which may be references.
fn remap(node: &mut Value, holds: FieldType, versions: Versions, components: &Adopted) {
    if holds == FieldType::SchemaNameOrRef {
        let target = node.as_str().and_then(|text| Target::parse(text, "").ok());
        if let Some(component) = target.and_then(|target| components.get(&(target.pointer, "schemas"))) {
            *node = encode_pointer(component).into();
        }
        return;
    }
    if holds.is_data() {
        return;
    }
    match node {
        Value::Object(members) => members.iter_mut().for_each(|(key, member)| {
            remap(member, holds.member(key, false, versions), versions, components);
        }),
        Value::Array(elements) => {
            let holds = holds.member("", true, versions);
            elements.iter_mut().for_each(|element| remap(element, holds, versions, components));
        }
        _ => {}
    }
}

/// Removes a component's original node if it was in a custom top-level section, and the section if it becomes empty.
fn tidy(value: &mut Value, target: &str) {
    let path: Vec<String> = tokens(target).collect();
    if let ([section, name], Value::Object(root)) = (path.as_slice(), value)
        && let Some(Value::Object(members)) = root.get_mut(section)
    {
        members.shift_remove(name);
        if members.is_empty() {
            root.shift_remove(section);
        }
    }
}
