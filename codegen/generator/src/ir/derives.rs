//! The traits that types derive besides those of every type.

use super::naming::named_in;
use super::{Type, TypeDef, TypeId, TypeKind};
use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::model::component_name;
use crm_clients_document::rust_types::RustTypes;

/// A trait of the standard library that a type can derive only if the types of all fields implement it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standard {
    Eq,
    Hash,
    PartialOrd,
    Ord,
}

impl Standard {
    /// Returns the trait with this name.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Eq" => Self::Eq,
            "Hash" => Self::Hash,
            "PartialOrd" => Self::PartialOrd,
            "Ord" => Self::Ord,
            _ => return None,
        })
    }

    /// Returns a noun for the values that do not implement the trait, if values of this type contain some.
    fn obstacle_within(self, ty: &Type) -> Option<&'static str> {
        match ty.parts() {
            [] => self.obstacle(ty),
            parts => parts.iter().find_map(|part| self.obstacle_within(part)),
        }
    }

    /// Returns a noun for the values that do not implement the trait, if values of this type are among them.
    fn obstacle(self, ty: &Type) -> Option<&'static str> {
        let is_order = matches!(self, Self::PartialOrd | Self::Ord);
        match ty {
            Type::F64 if self != Self::PartialOrd => Some("a floating-point number"),
            Type::Value | Type::Object if is_order => Some("any JSON value"),
            Type::Secret if self != Self::Eq => Some("a secret"),
            Type::Upload => Some("a file"),
            _ => None,
        }
    }
}

/// Sets the traits that each type derives. The types of components that cannot derive a trait that is chosen for them are
/// reported.
pub fn set(types: &mut [TypeDef], chosen: &RustTypes, diagnostics: &mut Diagnostics) {
    if chosen.derives.is_empty() && chosen.derives_of.is_empty() {
        return;
    }
    let obstacles = [Standard::Eq, Standard::Hash, Standard::PartialOrd, Standard::Ord]
        .map(|standard| (standard, obstacles(types, standard)));
    let obstacle = |path: &str, index: usize| {
        let standard = Standard::of(path)?;
        obstacles.iter().find(|(other, _)| *other == standard).and_then(|(_, all)| all[index].clone())
    };
    for (index, def) in types.iter_mut().enumerate() {
        if matches!(def.kind, TypeKind::Alias(_) | TypeKind::Responses(_)) {
            continue;
        }
        let mut derives: Vec<String> = Vec::new();
        for path in chosen.derives.iter().map(|path| short(path)) {
            if obstacle(path, index).is_none() && !derives.iter().any(|other| other == path) {
                derives.push(path.to_owned());
            }
        }
        let own = component_name(&def.pointer).and_then(|name| chosen.derives_of.get(&name));
        for path in own.into_iter().flatten().map(|path| short(path)) {
            match obstacle(path, index) {
                _ if derives.iter().any(|other| other == path) => {}
                Some(why) => {
                    let message = format!("`{}` cannot derive `{path}`: {why}", def.name);
                    let help = "remove it from the derives of this type";
                    diagnostics.error("impossible-derive", def.pointer.clone(), message, help);
                }
                None => derives.push(path.to_owned()),
            }
        }
        def.derives = derives;
    }
}

/// Returns the name of a trait of the standard library, which needs no path; otherwise the path.
fn short(path: &str) -> &str {
    let absolute = path.trim_start_matches("::");
    let is_standard = absolute.starts_with("std::") || absolute.starts_with("core::");
    absolute.rsplit_once("::").filter(|_| is_standard).map_or(path, |(_, name)| name)
}

/// Returns the reason why each type cannot derive a trait.
fn obstacles(types: &[TypeDef], standard: Standard) -> Vec<Option<String>> {
    let mut found: Vec<Option<String>> = types.iter().map(|def| own_obstacle(def, standard)).collect();
    loop {
        let mut changed = false;
        for (index, def) in types.iter().enumerate() {
            if found[index].is_some() {
                continue;
            }
            let other = named(def).find(|id| found[id.0].is_some());
            if let Some(other) = other {
                found[index] = Some(format!("it contains a `{}`, which cannot", types[other.0].name));
                changed = true;
            }
        }
        if !changed {
            return found;
        }
    }
}

fn own_obstacle(def: &TypeDef, standard: Standard) -> Option<String> {
    let is_order = matches!(standard, Standard::PartialOrd | Standard::Ord);
    match &def.kind {
        TypeKind::Struct(kind) if kind.multipart => Some("it is a form with files".to_owned()),
        TypeKind::Struct(kind) => {
            for field in &kind.fields {
                if let Some(what) = standard.obstacle_within(&field.ty) {
                    return Some(format!("the field `{}` is {what}", field.name));
                }
            }
            if let Some((name, ty)) = &kind.rest
                && let Some(what) = standard.obstacle_within(ty)
            {
                return Some(format!("the field `{name}` has {what}"));
            }
            None
        }
        TypeKind::Union(_) if is_order => Some("it keeps unknown values as JSON".to_owned()),
        kind => {
            let what = kind.types().into_iter().find_map(|ty| standard.obstacle_within(ty));
            what.map(|what| format!("it contains {what}"))
        }
    }
}

/// Returns the client's types that a definition refers to.
fn named(def: &TypeDef) -> impl Iterator<Item = TypeId> {
    let mut ids = Vec::new();
    def.kind.types().into_iter().for_each(|ty| named_in(ty, &mut |id| ids.push(id)));
    ids.into_iter()
}
