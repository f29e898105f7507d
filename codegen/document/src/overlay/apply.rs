//! Applying an action to the document and to the origins of its nodes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::action::{Action, Change};
use super::additions;
use super::{Report, Version};
use crate::diagnostic::{child, push_token, tokens};
use crate::load::Growth;
use crate::origin::{FileId, SourceMap};

/// The document that the actions apply to.
pub(super) struct Target<'a> {
    value: &'a mut Value,
    documents: &'a mut SourceMap,
    overlay: FileId,
    /// Whether the overlay only adds what the document lacks.
    adds: bool,
    growth: Growth,
}

impl<'a> Target<'a> {
    pub(super) fn new(value: &'a mut Value, documents: &'a mut SourceMap, overlay: FileId, adds: bool) -> Self {
        Self { value, documents, overlay, adds, growth: Growth::default() }
    }

    pub(super) fn apply(&mut self, action: &Action<'_>, report: &mut Report<'_>) {
        let pointers = self.select(&action.target);
        if pointers.is_empty() {
            let message = format!("`{}` matches nothing in the document", action.target);
            let help = "the document has changed, or an earlier action removed it: fix the target or remove the action";
            return report.error("unmatched-target", &child(action.at, "target"), message, help);
        }
        match &action.change {
            Change::Nothing => {}
            Change::Remove => self.remove(pointers, action.at, report),
            Change::Update(update) => self.update(&pointers, update, "update", action, report),
            Change::Copy(from) => match self.select(from).as_slice() {
                [from] => {
                    let node = self.value.pointer(from).cloned().unwrap_or_default();
                    self.update(&pointers, &node, "copy", action, report);
                }
                found => {
                    let message = format!("`{from}` matches {} nodes, but only one can be copied", found.len());
                    report.error("unmatched-target", &child(action.at, "copy"), message, "");
                }
            },
        }
    }

    /// Returns the pointers of the nodes selected by a path.
    fn select(&self, path: &JsonPath) -> Vec<String> {
        path.query_located(self.value).dedup().locations().map(|location| location.to_json_pointer()).collect()
    }

    fn remove(&mut self, pointers: Vec<String>, at: &str, report: &mut Report<'_>) {
        // Nodes of one parent are removed together, and the deepest parents come first, so that the other pointers stay
        // valid.
        let mut by_parent = BTreeMap::<_, HashSet<String>>::new();
        for pointer in pointers {
            let (Some((parent, _)), Some(token)) = (pointer.rsplit_once('/'), tokens(&pointer).next_back()) else {
                return report.error("wrong-target", at, "the whole document cannot be removed", "");
            };
            by_parent.entry((Reverse(parent.matches('/').count()), parent.to_owned())).or_default().insert(token);
        }
        for ((_, parent), gone) in by_parent {
            match self.value.pointer_mut(&parent) {
                Some(Value::Object(members)) => {
                    members.retain(|key, _| !gone.contains(key));
                    self.documents.forget_members(&parent, &gone);
                }
                Some(Value::Array(elements)) => {
                    let gone = gone.iter().filter_map(|token| token.parse().ok()).collect();
                    self.documents.forget_elements(&parent, &gone, elements.len());
                    let mut index = 0..;
                    elements.retain(|_| index.next().is_some_and(|index| !gone.contains(&index)));
                }
                _ => {}
            }
        }
    }

    /// Reports what an update adds to the node at `pointer` although the document declares it. Says whether there was any.
    fn reports_declared(&self, pointer: &str, update: &Value, source: &str, report: &mut Report<'_>) -> bool {
        let is_own = |node: &str| self.documents.origin(node).is_some_and(|(file, _)| file == self.overlay);
        let declared = additions::declared(self.value, pointer, update, &is_own);
        for declared in &declared {
            let message = format!("the document declares {} by now", declared.name);
            let help = "remove it from this overlay, and correct the document's own in another one if that is needed";
            report.error("declared-addition", &format!("{source}{}", declared.place), message, help);
        }
        !declared.is_empty()
    }

    fn update(&mut self, pointers: &[String], update: &Value, key: &str, action: &Action<'_>, report: &mut Report<'_>) {
        let source = child(action.at, key);
        let mut changed = false;
        for pointer in pointers {
            if self.adds && self.reports_declared(pointer, update, &source, report) {
                return;
            }
            let Some(node) = self.value.pointer_mut(pointer) else { continue };
            if let Some((message, help)) = misfit(node, update, action.version) {
                return report.error("wrong-update", &source, format!("{message} at `#{pointer}`"), help);
            }
            if let Err(message) = self.growth.allow(update, pointer) {
                return report.error("too-large", &source, message, "");
            }
            let mut merge = Merge {
                documents: self.documents,
                overlay: self.overlay,
                source: source.clone(),
                follows: matches!(action.change, Change::Update(_)),
            };
            changed |= match (node, update) {
                (Value::Array(elements), Value::Array(more)) => merge.append(elements, more, pointer),
                // A single element is not an element of a list in the overlay.
                (Value::Array(elements), one) => {
                    merge.follows = false;
                    merge.append(elements, std::slice::from_ref(one), pointer)
                }
                (node, update) => merge.merge(node, update, pointer),
            };
        }
        if !changed {
            let message = "this action does not change the document";
            report.warning(
                "needless-action",
                action.at,
                message,
                "remove the action: the document has been fixed upstream",
            );
        }
    }
}

/// Returns the message and help if a node cannot be updated with this value.
fn misfit(node: &Value, update: &Value, version: Version) -> Option<(&'static str, &'static str)> {
    let is_single = |value: &Value| !value.is_object() && !value.is_array();
    match node {
        Value::Array(_) => None,
        Value::Object(_) if update.is_object() => None,
        Value::Object(_) => {
            Some(("an object can only be updated with an object", "select the property, or write its name in `update`"))
        }
        _ if version < Version::V1_1 => Some((
            "Overlay 1.0 can only update objects and arrays",
            "select the enclosing object, or write `overlay: 1.1.0`",
        )),
        _ if is_single(update) => None,
        _ => Some(("a single value can only be updated with a single value", "select the enclosing object")),
    }
}

/// Merges values of the overlay into the document.
struct Merge<'a> {
    documents: &'a mut SourceMap,
    overlay: FileId,
    /// The pointer in the overlay.
    source: String,
    /// True if the overlay also contains the members of the merged value.
    follows: bool,
}

impl Merge<'_> {
    /// Merges `update` into the node at `pointer`. Returns true if that changed it.
    fn merge(&mut self, node: &mut Value, update: &Value, pointer: &str) -> bool {
        match (node, update) {
            (Value::Object(members), Value::Object(updates)) => self.members(members, updates, pointer),
            (Value::Array(elements), Value::Array(more)) => self.append(elements, more, pointer),
            (node, update) => {
                let changed = *node != *update;
                if changed {
                    update.clone_into(node);
                    self.documents.set_origin(pointer, self.overlay, &self.source);
                }
                changed
            }
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>, updates: &Map<String, Value>, pointer: &str) -> bool {
        let mut changed = false;
        for (key, update) in updates {
            let length = self.enter(key);
            let pointer = child(pointer, key);
            changed |= match members.get_mut(key) {
                Some(member) => self.merge(member, update, &pointer),
                None => {
                    members.insert(key.clone(), update.clone());
                    self.documents.set_origin(&pointer, self.overlay, &self.source);
                    true
                }
            };
            self.source.truncate(length);
        }
        changed
    }

    fn append(&mut self, elements: &mut Vec<Value>, more: &[Value], pointer: &str) -> bool {
        let before = elements.len();
        for (index, element) in
            more.iter().enumerate().filter(|(_, element)| !elements[..before].contains(element)).collect::<Vec<_>>()
        {
            let length = self.enter(&index.to_string());
            self.documents.set_origin(&child(pointer, &elements.len().to_string()), self.overlay, &self.source);
            elements.push(element.clone());
            self.source.truncate(length);
        }
        elements.len() > before
    }

    /// Enters a member in the overlay. Returns the length of the pointer to restore.
    fn enter(&mut self, token: &str) -> usize {
        let length = self.source.len();
        if self.follows {
            push_token(&mut self.source, token);
        }
        length
    }
}
