//! What an action does to the document, and to what is known of its nodes' origins.

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

/// The document that the actions are for.
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
            let help = "the document has changed, or an action before this one removed it: correct the target or drop the action";
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
                    let message = format!("`{from}` matches {} nodes; only one can be copied", found.len());
                    report.error("unmatched-target", &child(action.at, "copy"), message, "");
                }
            },
        }
    }

    /// The pointers of the nodes that a path selects.
    fn select(&self, path: &JsonPath) -> Vec<String> {
        path.query_located(self.value).dedup().locations().map(|location| location.to_json_pointer()).collect()
    }

    fn remove(&mut self, pointers: Vec<String>, at: &str, report: &mut Report<'_>) {
        // Those of one object or array at once, and the deepest first, so that the other pointers stay right.
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
                // A single element is not one of a list in the overlay.
                (Value::Array(elements), one) => {
                    merge.follows = false;
                    merge.append(elements, std::slice::from_ref(one), pointer)
                }
                (node, update) => merge.merge(node, update, pointer),
            };
        }
        if !changed {
            let message = "the document is already as this action would make it";
            report.warning(
                "needless-action",
                action.at,
                message,
                "drop the action: what it corrects has been mended upstream",
            );
        }
    }
}

/// Why a node cannot be updated with such a value.
fn misfit(node: &Value, update: &Value, version: Version) -> Option<(&'static str, &'static str)> {
    let is_single = |value: &Value| !value.is_object() && !value.is_array();
    match node {
        Value::Array(_) => None,
        Value::Object(_) if update.is_object() => None,
        Value::Object(_) => {
            Some(("an object is updated with an object", "select the member, or write its name in `update`"))
        }
        _ if version < Version::V1_1 => Some((
            "Overlay 1.0 updates objects and arrays, not a single value",
            "select the object that it is in, or write `overlay: 1.1.0`",
        )),
        _ if is_single(update) => None,
        _ => Some(("a single value is updated with a single value", "select the object that it is in")),
    }
}

/// Merges values of the overlay into the document.
struct Merge<'a> {
    documents: &'a mut SourceMap,
    overlay: FileId,
    /// The pointer in the overlay.
    source: String,
    /// Whether the overlay has the members of what is merged, too.
    follows: bool,
}

impl Merge<'_> {
    /// Merges `update` into the node at `pointer`, and says whether that changed it.
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

    /// Goes on to a member in the overlay. Gives the length to go back to.
    fn enter(&mut self, token: &str) -> usize {
        let length = self.source.len();
        if self.follows {
            push_token(&mut self.source, token);
        }
        length
    }
}
