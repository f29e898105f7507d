//! Finds additions of an overlay that the document now declares.

use serde_json::Value;

use crate::diagnostic::{child, tokens};
use crate::template::nameless;

/// An operation or a component that the document already declares.
pub(super) struct Declared {
    /// The operation or component, for messages.
    pub(super) name: String,
    /// The JSON pointer into the update.
    pub(super) place: String,
}

/// The depth of operations (`/paths/{path}/{method}`) and components (`/components/{kind}/{name}`).
const DEPTH: usize = 3;

/// Returns the operations and components in an update of the node at `pointer` that the document already declares,
/// except those that `is_own` accepts. Paths that differ only in the names of their parameters are the same.
pub(super) fn declared(
    document: &Value,
    pointer: &str,
    update: &Value,
    is_own: &dyn Fn(&str) -> bool,
) -> Vec<Declared> {
    let above: Vec<String> = tokens(pointer).collect();
    let mut found = Vec::new();
    search(&above, update, String::new(), &mut |names, place| {
        let same = |path: &&String| nameless(path) == nameless(&names[1]);
        let holders = document.get(&names[0]).and_then(Value::as_object);
        let is_declared = |holder: &String| {
            let pointer = child(&child(&child("", &names[0]), holder), &names[2]);
            document.pointer(&pointer).is_some() && !is_own(&pointer)
        };
        let name = match names[0].as_str() {
            "paths" if holders.into_iter().flat_map(|paths| paths.keys()).filter(same).any(is_declared) => {
                format!("`{} {}`", names[2].to_uppercase(), names[1])
            }
            "components" if is_declared(&names[1]) => format!("the component `{}`", names[2]),
            _ => return,
        };
        found.push(Declared { name, place });
    });
    found
}

/// Visits the nodes at the depth of operations and components, with their names and their pointers into the update.
fn search(names: &[String], value: &Value, place: String, visit: &mut dyn FnMut(&[String], String)) {
    let is_above = names.first().is_none_or(|first| first == "paths" || first == "components");
    match value {
        _ if !is_above || names.len() > DEPTH => {}
        _ if names.len() == DEPTH => visit(names, place),
        Value::Object(members) => {
            for (name, member) in members {
                search(&[names, std::slice::from_ref(name)].concat(), member, child(&place, name), visit);
            }
        }
        _ => {}
    }
}
