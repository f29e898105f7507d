//! Error bodies: one variant for each type, and one method for each shared field.

use std::collections::{HashMap, HashSet};

use super::{ErrorField, ErrorVariant, Type, TypeDef, TypeKind};
use crate::names::{self, UsedNames};

/// Merges error bodies of the same type into one variant and names the variants.
pub fn distinct_errors(errors: Vec<ErrorVariant>, types: &[TypeDef]) -> (Vec<ErrorVariant>, Vec<usize>) {
    let mut out: Vec<ErrorVariant> = Vec::new();
    let mut index = Vec::with_capacity(errors.len());
    let mut known: HashMap<(Type, bool, Option<usize>), usize> = HashMap::new();
    let mut taken = UsedNames::from_iter(["Unknown"]);
    for error in errors {
        let new = out.len();
        let variant = *known.entry((error.ty.clone(), error.text, error.xml)).or_insert(new);
        index.push(variant);
        if variant != new {
            continue;
        }
        let name = match &error.ty {
            _ if error.text => "Text".to_owned(),
            Type::Named(id) => types[id.0].name.clone(),
            Type::String => "Message".to_owned(),
            Type::List(items) => match items.as_ref() {
                Type::Named(id) => format!("{}List", types[id.0].name),
                _ => "List".to_owned(),
            },
            _ => "Value".to_owned(),
        };
        let name = taken.claim(&name);
        out.push(ErrorVariant {
            function: format!("read_{}", names::suffix(&names::value_name(&name))),
            name,
            ..error
        });
    }
    (out, index)
}

/// Returns the fields that can be read from the enum regardless of the variant.
pub fn error_fields(errors: &[ErrorVariant], types: &[TypeDef]) -> Vec<ErrorField> {
    let mut fields: Vec<ErrorField> = Vec::new();
    let (mut known, mut unlike) = (HashMap::new(), HashSet::new());
    for (index, error) in errors.iter().enumerate() {
        let Type::Named(id) = &error.ty else { continue };
        let TypeKind::Struct(kind) = &types[id.0].kind else { continue };
        for field in &kind.fields {
            let optional = !field.presence.is_certain();
            let ty = if let Type::Lenient(inner) = &field.ty { (**inner).clone() } else { field.ty.clone() };
            let place = *known.entry(field.name.as_str()).or_insert(fields.len());
            match fields.get_mut(place) {
                Some(other) if other.ty == ty => other.variants.push((index, optional)),
                Some(_) => {
                    unlike.insert(field.name.clone());
                }
                None => fields.push(ErrorField { name: field.name.clone(), ty, variants: vec![(index, optional)] }),
            }
        }
    }
    let own: HashSet<String> = errors.iter().map(|error| error.function.clone()).collect();
    fields.retain(|field| !unlike.contains(&field.name) && !own.contains(&field.name));
    fields
}
