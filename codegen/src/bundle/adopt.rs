//! What references lead to where OpenAPI has nothing: `#/definitions/Pet`, `#/x-shared/Pet`.

use std::collections::HashMap;

use serde_json::Value;

use super::target::Target;
use super::{check, object_at};
use crate::diagnostic::{Diagnostics, child, tokens};
use crate::kind::{Kind, Shape};
use crate::load::Growth;
use crate::origin::Documents;

/// Makes components of the nodes that references lead to in places that OpenAPI does not know, where no pass would look at them.
///
/// Before
/// ```json
/// {"paths": {"/a": {"parameters": [{"$ref": "#/shared/Page"}]}}, "shared": {"Page": {"name": "page"}}}
/// ```
/// after
/// ```json
/// {"paths": {"/a": {"parameters": [{"$ref": "#/components/parameters/Page"}]}}, "components": {"parameters": {"Page": {"name": "page"}}}}
/// ```
pub fn adopt(value: &mut Value, documents: &mut Documents, diagnostics: &mut Diagnostics) {
    let mut growth = Growth::default();
    let mut components = Adopted::new();
    // What becomes a component may refer to more of them.
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
            let component = components.get(&key).map(|component| format!("#{}", component.replace('%', "%25")));
            if let (Some(reference), Some(component)) = (value.pointer_mut(&reference), component) {
                *reference = component.into();
            }
        }
    }
    if !components.is_empty() {
        remap(value, Shape::One(Kind::Document), &components);
    }
    for (target, _) in components.keys() {
        tidy(value, target);
    }
}

/// What has become which component, by its pointer and the section.
type Adopted = HashMap<(String, &'static str), String>;

/// A reference to a place that OpenAPI does not know.
struct Stray {
    /// Where its text stands.
    reference: String,
    section: &'static str,
    target: String,
}

fn strays(value: &Value) -> Vec<Stray> {
    let mut found = Vec::new();
    check::walk(value, Shape::One(Kind::Document), &mut String::new(), &mut |reference, section, text| {
        if let Some(target) = text.starts_with('#').then(|| Target::parse(text, "")).and_then(Result::ok)
            && is_stray(value, &target.pointer)
        {
            found.push(Stray { reference: reference.to_owned(), section, target: target.pointer });
        }
    });
    found
}

fn is_stray(document: &Value, pointer: &str) -> bool {
    let (mut node, mut shape) = (document, Shape::One(Kind::Document));
    for token in tokens(pointer) {
        // `items` was an array of schemas once.
        let is_list = node.is_array() && matches!(shape, Shape::One(_));
        let member = match node {
            Value::Object(members) => members.get(&token),
            _ => token.parse().ok().and_then(|index: usize| node.get(index)),
        };
        let Some(member) = member else { return false };
        shape = if is_list { shape } else { shape.member(&token) };
        node = member;
    }
    // Nothing else can be what is referred to, and a later pass says so.
    shape == Shape::Data && node.is_object()
}

/// Adds a component, and says where. There is none where there is no place or no room for it.
fn add(
    value: &mut Value,
    target: &str,
    section: &str,
    growth: &mut Growth,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let node = value.pointer(target)?.clone();
    let Some(Value::Object(members)) = object_at(value, "components").and_then(|all| object_at(all, section)) else {
        // That `components` is no object is told of by a later pass.
        return None;
    };
    let wanted = Target { path: String::new(), pointer: target.to_owned() }.name();
    // Among responses, `x-` begins an extension.
    let wanted = wanted.strip_prefix("x-").map(|rest| format!("X-{rest}")).unwrap_or(wanted);
    let numbered = (2_usize..).map(|number| format!("{wanted}{number}"));
    let name = std::iter::once(wanted.clone()).chain(numbered).find(|name| !members.contains_key(name))?;
    let pointer = child(&format!("/components/{section}"), &name);
    if let Err(message) = growth.allow(&node, &pointer) {
        diagnostics.error("too-large", target, message, "");
        return None;
    }
    members.insert(name, node);
    Some(pointer)
}

/// The values of a discriminator's mapping may be references, too.
fn remap(node: &mut Value, shape: Shape, components: &Adopted) {
    match node {
        Value::Object(members) if shape == Shape::One(Kind::Discriminator) => {
            let mapping = members.get_mut("mapping").and_then(Value::as_object_mut);
            for value in mapping.into_iter().flat_map(|mapping| mapping.values_mut()) {
                let target = value.as_str().and_then(|text| Target::parse(text, "").ok());
                if let Some(component) = target.and_then(|target| components.get(&(target.pointer, "schemas"))) {
                    *value = format!("#{}", component.replace('%', "%25")).into();
                }
            }
        }
        Value::Object(members) => {
            members.iter_mut().for_each(|(key, member)| remap(member, shape.member(key), components));
        }
        Value::Array(elements) => {
            let shape = if let Shape::One(_) = shape { shape } else { shape.member("") };
            elements.iter_mut().for_each(|element| remap(element, shape, components));
        }
        _ => {}
    }
}

/// Takes away what has become a component where it stood in a section of the author's own, and the section once it is empty.
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
