//! Finds the operations and events that use a type.

use crm_clients_generator::ir::{Api, Operation, Type, TypeId};

/// The operations and events of a client, and for each type the ones that use it.
pub struct Users {
    labels: Vec<String>,
    of_type: Vec<Vec<usize>>,
}

impl Users {
    /// Follows all operations and events to their types.
    pub fn of(api: &Api) -> Self {
        let mut users = Self { labels: Vec::new(), of_type: vec![Vec::new(); api.types.len()] };
        for resource in &api.resources {
            let shared: Vec<&Type> = resource.arguments.iter().map(|argument| &argument.ty).collect();
            for operation in &resource.operations {
                let types = shared.iter().copied().chain(types(api, operation)).collect();
                users.follow(api, label(operation), types);
            }
        }
        for event in api.webhooks.iter().flat_map(|webhooks| &webhooks.events) {
            users.follow(api, event_label(&event.wire), vec![&event.ty]);
        }
        users
    }

    /// Returns the operations and events that use a type.
    pub fn of_type(&self, id: TypeId) -> Vec<String> {
        let mut labels: Vec<String> = self.of_type[id.0].iter().map(|label| self.labels[*label].clone()).collect();
        // The methods of one operation have the same label.
        labels.dedup();
        labels
    }

    fn follow<'a>(&mut self, api: &'a Api, label: String, mut queue: Vec<&'a Type>) {
        let index = self.labels.len();
        self.labels.push(label);
        while let Some(ty) = queue.pop() {
            match ty {
                Type::Named(id) if self.of_type[id.0].last() != Some(&index) => {
                    self.of_type[id.0].push(index);
                    queue.extend(api[*id].kind.types());
                }
                other => queue.extend(other.parts()),
            }
        }
    }
}

/// Returns the label of an operation: `GET /v1/contacts`.
pub fn label(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// Returns the label of an event: `webhook contact_created`.
pub fn event_label(wire: &str) -> String {
    format!("webhook {wire}")
}

/// Returns the types that an operation takes and returns.
fn types<'a>(api: &'a Api, operation: &'a Operation) -> impl Iterator<Item = &'a Type> {
    let arguments = operation.required.iter().chain(&operation.optional).map(|argument| &argument.ty);
    let errors = operation.errors.iter().map(|(.., error)| &api.errors[*error].ty);
    arguments.chain(operation.body.iter().map(|body| &body.ty)).chain(operation.given()).chain(errors)
}
