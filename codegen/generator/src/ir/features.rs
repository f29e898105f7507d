//! Parts of a client behind a cargo feature: operations with `x-rust-feature`, and the types that only they use.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::naming::spread;
use super::{Api, Operation, Resource, Type, TypeDef, TypeId, Webhooks};
use crate::names;

/// Sets the feature of each type to that of the operations that use it, if no other part of the client does. These
/// types are in separate files.
pub fn attach(types: &mut [TypeDef], resources: &[Resource], webhooks: Option<&Webhooks>, errors: &[Type]) {
    let mut users: HashMap<TypeId, BTreeSet<Option<&str>>> = HashMap::new();
    for (feature, ty) in uses(resources, webhooks, errors) {
        spread(types, ty, &mut |id| users.entry(id).or_default().insert(feature));
    }
    let only = |id: TypeId| match users.get(&id)?.iter().collect::<Vec<_>>().as_slice() {
        [only] => **only,
        _ => None,
    };
    let features: Vec<Option<String>> = (0..types.len()).map(|id| only(TypeId(id)).map(str::to_owned)).collect();
    for (def, feature) in types.iter_mut().zip(features) {
        def.feature = feature;
    }
    let shared: HashSet<String> =
        types.iter().filter(|def| def.feature.is_none()).map(|def| def.module.clone()).collect();
    for def in types.iter_mut().filter(|def| shared.contains(&def.module)) {
        if let Some(feature) = &def.feature {
            def.module = names::module_name(&format!("{}_{feature}", def.module));
            while shared.contains(&def.module) {
                def.module.push('_');
            }
        }
    }
}

/// Returns the types that each part of a client uses, with the feature of that part.
fn uses<'a>(
    resources: &'a [Resource],
    webhooks: Option<&'a Webhooks>,
    errors: &'a [Type],
) -> impl Iterator<Item = (Option<&'a str>, &'a Type)> {
    let of_resource = |resource: &'a Resource| {
        let of_operation =
            |operation: &'a Operation| operation.used().map(move |ty| (operation.feature.as_deref(), ty));
        let arguments = resource.arguments.iter().map(|argument| (resource.feature(), &argument.ty));
        arguments.chain(resource.operations.iter().flat_map(of_operation))
    };
    let others = errors.iter().chain(webhooks.into_iter().flat_map(Webhooks::payloads));
    resources.iter().flat_map(of_resource).chain(others.map(|ty| (None, ty)))
}

impl Operation {
    /// Returns the types of its arguments, its body and its responses.
    fn used(&self) -> impl Iterator<Item = &Type> {
        let arguments = self.required.iter().chain(&self.optional).map(|argument| &argument.ty);
        let body = self.body.iter().map(|body| &body.ty);
        let items = self.paging.iter().map(|paging| &paging.item);
        arguments.chain(body).chain(self.given()).chain(items)
    }
}

impl Resource {
    /// Returns the feature of its operations, if they all have the same one.
    pub fn feature(&self) -> Option<&str> {
        let first = self.operations.first()?.feature.as_deref();
        first.filter(|_| self.operations.iter().all(|operation| operation.feature.as_deref() == first))
    }
}

impl Api {
    /// Returns the feature of the resources in a scope, if they all have the same one.
    pub fn scope_feature(&self, scope: usize) -> Option<&str> {
        let resources = self.resources.iter().filter(|resource| resource.scope == Some(scope)).map(Resource::feature);
        let is_child = |index: &usize| self.scopes[*index].parent == Some(scope);
        let scopes = (0..self.scopes.len()).filter(is_child).map(|index| self.scope_feature(index));
        let mut features = resources.chain(scopes);
        let first = features.next()?;
        first.filter(|_| features.all(|feature| feature == first))
    }

    /// Returns the features of its operations.
    pub fn features(&self) -> BTreeSet<&str> {
        let operations = self.resources.iter().flat_map(|resource| &resource.operations);
        operations.filter_map(|operation| operation.feature.as_deref()).collect()
    }
}
