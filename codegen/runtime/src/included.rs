//! JSON:API compound documents, which have related resources in `included`.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// The included resources of a JSON:API document, which can be looked up by relationship.
///
/// A relationship refers to resources by `type` and `id`. A resource that the request did not ask the server to
/// include, or that is part of the document's primary data, is not found.
///
/// ```
/// use crm_clients_runtime::{Included, Value};
/// use serde_json::json;
///
/// let document = json!({
///     "data": { "type": "purchases", "id": "7",
///               "relationships": { "offer": { "data": { "type": "offers", "id": "3" } } } },
///     "included": [{ "type": "offers", "id": "3", "attributes": { "title": "Course" } }]
/// });
/// let resources: Vec<Value> = document["included"].as_array().cloned().unwrap_or_default();
///
/// let included = Included::new(&resources);
/// let offer = included.one(&document["data"]["relationships"]["offer"]);
/// assert_eq!(offer.map(|offer| &offer["attributes"]["title"]), Some(&json!("Course")));
/// ```
pub struct Included<'a, R> {
    /// The resources by type, then by id.
    resources: HashMap<String, HashMap<String, &'a R>>,
}

impl<'a, R: Serialize> Included<'a, R> {
    /// Indexes the included resources of a document.
    pub fn new(resources: &'a [R]) -> Self {
        let mut index: HashMap<String, HashMap<String, &'a R>> = HashMap::new();
        for resource in resources {
            let value = serde_json::to_value(resource).unwrap_or_default();
            if let Some((kind, id)) = identity(&value) {
                index.entry(kind.to_owned()).or_default().entry(id.to_owned()).or_insert(resource);
            }
        }
        Self { resources: index }
    }

    /// Returns the resource with this `type` and `id`.
    pub fn get(&self, kind: &str, id: &str) -> Option<&'a R> {
        self.resources.get(kind)?.get(id).copied()
    }

    /// Returns the resource that a relationship refers to, or the first if there are several.
    pub fn one(&self, relationship: &(impl Serialize + ?Sized)) -> Option<&'a R> {
        self.all(relationship).into_iter().next()
    }

    /// Returns the resources that a relationship refers to, in its order.
    pub fn all(&self, relationship: &(impl Serialize + ?Sized)) -> Vec<&'a R> {
        let mut found = Vec::new();
        self.resolve(&serde_json::to_value(relationship).unwrap_or_default(), &mut found);
        found
    }

    /// Collects the resources that the identifiers within this value refer to. Some servers do not put them in `data`.
    fn resolve(&self, value: &Value, found: &mut Vec<&'a R>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.resolve(item, found)),
            Value::Object(members) => match identity(value) {
                Some((kind, id)) => found.extend(self.get(kind, id)),
                // Metadata can be anything, and contains no identifiers.
                None => members
                    .iter()
                    .filter(|(name, _)| *name != "meta")
                    .for_each(|(_, member)| self.resolve(member, found)),
            },
            _ => {}
        }
    }
}

/// Returns the `type` and `id` of a resource or a resource identifier.
fn identity(value: &Value) -> Option<(&str, &str)> {
    Some((value.get("type")?.as_str()?, value.get("id")?.as_str()?))
}

/// Shows only the number of resources, because they contain personal data.
impl<R> fmt::Debug for Included<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.resources.values().map(HashMap::len).sum();
        f.debug_struct("Included").field("resources", &count).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Included;

    #[test]
    fn identifiers_are_found_wherever_they_are() {
        let resources = [json!({"type": "tags", "id": "1"}), json!({"type": "tags", "id": "2"}), json!({"id": "1"})];
        let included = Included::new(&resources);
        let one = json!({"type": "tags", "id": "1"});
        let two = json!({"type": "tags", "id": "2"});
        assert_eq!(included.all(&json!({"data": [two, one]})), [&resources[1], &resources[0]]);
        assert_eq!(included.all(&json!({"links": {"self": "/tags", "data": [one]}})), [&resources[0]]);
        assert_eq!(included.one(&json!({"data": null})), None);
        assert_eq!(included.one(&json!({"data": {"type": "offers", "id": "1"}})), None);
        assert_eq!(included.one(&json!({"data": null, "meta": {"last": one}})), None);
        assert_eq!(included.one(&None::<()>), None);
        assert_eq!(included.get("tags", "2"), Some(&resources[1]));
        assert_eq!(format!("{included:?}"), "Included { resources: 2, .. }");
    }

    #[test]
    fn the_first_of_two_with_one_identity_counts() {
        let resources = [json!({"type": "a", "id": "1", "n": 1}), json!({"type": "a", "id": "1", "n": 2})];
        assert_eq!(Included::new(&resources).get("a", "1"), Some(&resources[0]));
    }
}
