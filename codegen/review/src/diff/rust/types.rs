//! Compares types: structs and their constructors, enums, unions and aliases.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::{ChangeLocation, Comparison, Only, rules};
use crm_clients_document::diagnostic::child;
use crm_clients_generator::emit::written_field;
use crm_clients_generator::ir::{
    Enum, Field, Presence, Responses, Struct, Tag, Type, TypeDef, TypeId, TypeKind, Union, UnionVariant,
};

impl<'a> Comparison<'a> {
    /// Compares all types.
    pub fn types(&mut self) {
        let (old, new) = (self.old.api, self.new.api);
        let by_name: HashMap<&str, TypeId> =
            new.types.iter().enumerate().map(|(index, def)| (def.name.as_str(), TypeId(index))).collect();
        let mut matched = HashSet::new();
        for (index, def) in old.types.iter().enumerate() {
            let id = TypeId(index);
            let same = self.matches.renamed.get(&id).or_else(|| by_name.get(def.name.as_str())).copied();
            matched.extend(same);
            match same {
                Some(same) => self.definition(id, same),
                None => self.only_type(Only::Old, id),
            }
        }
        for index in 0..new.types.len() {
            if !matched.contains(&TypeId(index)) {
                self.only_type(Only::New, TypeId(index));
            }
        }
    }

    fn only_type(&mut self, only: Only, id: TypeId) {
        let side = self.side(only);
        let def = &side.api[id];
        let place = ChangeLocation::at(side.type_path(def), &def.pointer, side.users.of_type(side.behind(id)));
        let what = match side.behind(id) {
            other if other != id => format!("the alias `{}` of `{}`", def.name, side.api[other].name),
            _ => format!("the type `{}`", def.name),
        };
        self.tell_only(only, [&rules::TYPE_REMOVED, &rules::TYPE_ADDED], place, &what, &[]);
    }

    fn definition(&mut self, was: TypeId, is: TypeId) {
        let (old, new) = (&self.old.api[was], &self.new.api[is]);
        let (target, new_target) = (self.old.behind(was), self.new.behind(is));
        let mut operations = self.new.users.of_type(new_target);
        if operations.is_empty() {
            operations = self.old.users.of_type(target);
        }
        let (subject, old_pointer, new_pointer) =
            (self.old.type_path(old), Some(old.pointer.clone()), Some(new.pointer.clone()));
        let place = ChangeLocation { subject, old: old_pointer, new: new_pointer, operations };
        if old.name != new.name {
            let message = format!("the type `{}` was renamed to `{}`", old.name, new.name);
            let rule = self.renaming(&format!("types::{}", old.name), &rules::TYPE_RENAMED);
            self.report(rule, place.clone(), message, &[&new.name]);
        }
        let rules = [&rules::TYPE_DEPRECATED, &rules::TYPE_UNDEPRECATED];
        self.deprecation(rules, &place, &old.name, [old.deprecated, new.deprecated]);
        match (target != was, new_target != is) {
            (true, true) => return self.alias(&place, old, &Type::Named(target), &Type::Named(new_target)),
            (true, false) => {
                let other = &self.old.api[target].name;
                let message = format!("`{}` is now a separate type instead of an alias of `{other}`", old.name);
                self.report(&rules::TYPE_SPLIT, place.clone(), message, &[other]);
            }
            (false, true) => {
                let other = &self.new.api[new_target].name;
                let message = format!("`{}` is now an alias of `{other}` instead of a separate type", old.name);
                self.report(&rules::TYPE_JOINED, place.clone(), message, &[other]);
            }
            (false, false) => {}
        }
        self.make(&place, &self.old.api[target], &self.new.api[new_target]);
    }

    fn alias(&mut self, place: &ChangeLocation, old: &TypeDef, was: &Type, is: &Type) {
        if !self.same(was, is) {
            let (was, is) = (self.old.written(was), self.new.written(is));
            let message = format!("`{}` is now an alias of `{is}` instead of `{was}`", old.name);
            self.report(&rules::TYPE_CHANGED, place.clone(), message, &[&was, &is]);
        }
    }

    /// Compares the definitions of two types.
    fn make(&mut self, place: &ChangeLocation, old: &TypeDef, new: &TypeDef) {
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(was), TypeKind::Struct(is)) => {
                self.constructor(place, [old, new], [was, is]);
                self.fields(place, was, is);
                if old.sent && new.sent {
                    self.constants(place, was, is);
                }
            }
            (TypeKind::Strings(was), TypeKind::Strings(is)) => self.values(place, was, is),
            (TypeKind::Integers(was), TypeKind::Integers(is)) => self.values(place, was, is),
            (TypeKind::Union(was), TypeKind::Union(is)) => self.union(place, was, is),
            (TypeKind::Responses(was), TypeKind::Responses(is)) => self.responses(place, was, is),
            (TypeKind::Alias(was), TypeKind::Alias(is)) => self.alias(place, old, was, is),
            (was, is) => {
                let (was, is) = (self.made(was, true), self.made(is, false));
                let message = format!("`{}` is now {is} instead of {was}", old.name);
                self.report(&rules::TYPE_CHANGED, place.clone(), message, &[&was, &is]);
            }
        }
    }

    fn made(&self, kind: &TypeKind, old: bool) -> String {
        match kind {
            TypeKind::Struct(_) => "a struct".to_owned(),
            TypeKind::Strings(_) => "an enum of strings".to_owned(),
            TypeKind::Integers(_) => "an enum of integers".to_owned(),
            TypeKind::Union(_) => "an enum of types".to_owned(),
            TypeKind::Responses(_) => "an enum of responses".to_owned(),
            TypeKind::Alias(ty) => {
                let side = if old { &self.old } else { &self.new };
                format!("an alias of `{}`", side.written(ty))
            }
        }
    }

    /// Compares the constructors of structs that callers create.
    fn constructor(&mut self, place: &ChangeLocation, [old, new]: [&TypeDef; 2], [was, is]: [&Struct; 2]) {
        let place = ChangeLocation { subject: format!("{}::new", place.subject), ..place.clone() };
        let (took, takes) = (self.arguments(was, true), self.arguments(is, false));
        match (old.sent, new.sent) {
            (true, false) => {
                let message = format!("`{}` no longer has `new` and setters", old.name);
                self.report(&rules::CONSTRUCTOR_REMOVED, place, message, &[]);
            }
            (false, true) => {
                let message = format!("`{}` now has `new({takes})` and setters", new.name);
                self.report(&rules::CONSTRUCTOR_ADDED, place, message, &[]);
            }
            (true, true) if !self.same_arguments(was, is) => {
                let message = format!("`new` now takes `({takes})` instead of `({took})`");
                self.report(&rules::CONSTRUCTOR_CHANGED, place, message, &[&took, &takes]);
            }
            _ => {}
        }
    }

    fn arguments(&self, kind: &Struct, old: bool) -> String {
        let side = if old { &self.old } else { &self.new };
        let written = asked(kind).map(|field| format!("{}: {}", field.name, written_field(side.api, field, false)));
        written.collect::<Vec<_>>().join(", ")
    }

    /// Returns true if two constructors take the same values in the same order, regardless of argument names.
    fn same_arguments(&self, old: &Struct, new: &Struct) -> bool {
        let (old, new): (Vec<&Field>, Vec<&Field>) = (asked(old).collect(), asked(new).collect());
        let alike = |(old, new): (&&Field, &&Field)| {
            let nullable = |field: &Field| field.presence == Presence::Nullable;
            old.wire == new.wire && nullable(old) == nullable(new) && self.same(&old.ty, &new.ty)
        };
        old.len() == new.len() && old.iter().zip(&new).all(alike)
    }

    fn fields(&mut self, place: &ChangeLocation, old: &Struct, new: &Struct) {
        let rules = [&rules::FIELD_REMOVED, &rules::FIELD_ADDED];
        let path = |name: &str| format!("{}::{name}", place.subject);
        let by_wire: HashMap<&str, &Field> = new.fields.iter().map(|field| (field.wire.as_str(), field)).collect();
        let known: HashSet<&str> = old.fields.iter().map(|field| field.wire.as_str()).collect();
        let fresh = |field: &&Field| !known.contains(field.wire.as_str());
        let mut renamed = HashSet::new();
        for was in &old.fields {
            // A removed property may have left its Rust name to another one.
            let by_name = || new.fields.iter().filter(fresh).find(|is| is.name == was.name);
            match by_wire.get(was.wire.as_str()).copied().or_else(by_name) {
                Some(is) => {
                    renamed.insert(is.wire.as_str());
                    let place = place.part(path(&was.name), Some(&was.pointer), Some(&is.pointer));
                    self.field(&place, [was, is], [old.multipart, new.multipart]);
                }
                None => {
                    let place = place.part(path(&was.name), Some(&was.pointer), place.new.as_deref());
                    self.tell_only(Only::Old, rules, place, &format!("the field `{}`", was.name), &[]);
                }
            }
        }
        for is in new.fields.iter().filter(fresh).filter(|field| !renamed.contains(field.wire.as_str())) {
            let place = place.part(path(&is.name), place.old.as_deref(), Some(&is.pointer));
            self.tell_only(Only::New, rules, place, &format!("the field `{}`", is.name), &[]);
        }
        match (&old.rest, &new.rest) {
            (Some((name, _)), None) => {
                let place = ChangeLocation { subject: path(name), ..place.clone() };
                self.tell_only(Only::Old, rules, place, &format!("the field `{name}`"), &[]);
            }
            (None, Some((name, _))) => {
                let place = ChangeLocation { subject: path(name), ..place.clone() };
                self.tell_only(Only::New, rules, place, &format!("the field `{name}`"), &[]);
            }
            (Some((name, was)), Some((_, is))) if !self.same(was, is) => {
                let (was, is) = (self.old.written(was), self.new.written(is));
                let message = format!("the values of `{name}` are now `{is}` instead of `{was}`");
                let place = ChangeLocation { subject: path(name), ..place.clone() };
                self.report(&rules::FIELD_TYPE_CHANGED, place, message, &[&was, &is]);
            }
            _ => {}
        }
    }

    fn field(&mut self, place: &ChangeLocation, [old, new]: [&Field; 2], [was_form, is_form]: [bool; 2]) {
        if old.name != new.name {
            let message = format!("the field `{}` was renamed to `{}`", old.name, new.name);
            self.report(&rules::FIELD_RENAMED, place.clone(), message, &[&new.name]);
        }
        if old.wire != new.wire {
            let message = format!("`{}` is now the property `{}` instead of `{}`", new.name, new.wire, old.wire);
            self.report(&rules::FIELD_READ_ELSEWHERE, place.clone(), message, &[&old.wire, &new.wire]);
        }
        let rules = [&rules::FIELD_DEPRECATED, &rules::FIELD_UNDEPRECATED];
        self.deprecation(rules, place, &old.name, [old.deprecated, new.deprecated]);
        let wrapper = |field: &Field, form: bool| match field.presence {
            Presence::Required | Presence::OrEmpty => 0,
            Presence::Optional if form && matches!(&field.ty, Type::List(item) if **item == Type::Upload) => 0,
            Presence::Optional | Presence::Nullable => 1,
            Presence::Patch => 2,
        };
        if wrapper(old, was_form) != wrapper(new, is_form) || !self.same(&old.ty, &new.ty) {
            let was = written_field(self.old.api, old, was_form);
            let is = written_field(self.new.api, new, is_form);
            let message = format!("the field `{}` is now `{is}` instead of `{was}`", new.name);
            self.report(&rules::FIELD_TYPE_CHANGED, place.clone(), message, &[&was, &is]);
            return;
        }
        match (old.presence, new.presence) {
            (Presence::OrEmpty, Presence::Required) => {
                let message = format!("a response without `{}` is now an error", new.name);
                self.report(&rules::FIELD_MUST_BE_THERE, place.clone(), message, &[]);
            }
            (Presence::Required, Presence::OrEmpty) => {
                let message = format!("`{}` is now empty if it is missing", new.name);
                self.report(&rules::FIELD_MAY_BE_MISSING, place.clone(), message, &[]);
            }
            _ => {}
        }
    }

    /// Compares the constant values that `new` sets.
    fn constants(&mut self, place: &ChangeLocation, old: &Struct, new: &Struct) {
        for was in &old.fields {
            let Some(is) = new.fields.iter().find(|is| is.wire == was.wire) else { continue };
            if let (Some(set), Some(sets)) = (&was.constant, &is.constant)
                && set != sets
            {
                let place =
                    place.part(format!("{}::{}", place.subject, was.name), Some(&was.pointer), Some(&is.pointer));
                self.constant(place, &is.name, [set, sets]);
            }
        }
        for was in &old.constants {
            let Some(is) = new.constants.iter().find(|is| is.wire == was.wire) else { continue };
            if was.value != is.value {
                let place =
                    place.part(format!("{}::{}", place.subject, was.name), Some(&was.pointer), Some(&is.pointer));
                self.constant(place, &is.wire, [&was.value.to_string(), &is.value.to_string()]);
            }
        }
    }

    fn constant(&mut self, place: ChangeLocation, name: &str, [set, sets]: [&str; 2]) {
        let message = format!("`{name}` is set to `{sets}`, no longer to `{set}`");
        self.report(&rules::CONSTANT_CHANGED, place, message, &[set, sets]);
    }

    fn values<T: PartialEq + Display>(&mut self, place: &ChangeLocation, old: &Enum<T>, new: &Enum<T>) {
        let listed = |pointer: &Option<String>| pointer.as_ref().map(|pointer| child(pointer, "enum"));
        let at = |name: &str| ChangeLocation {
            subject: format!("{}::{name}", place.subject),
            old: listed(&place.old),
            new: listed(&place.new),
            operations: place.operations.clone(),
        };
        self.variant(at(&old.unknown), [&old.unknown, &new.unknown], None);
        let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
        let has = |kind: &Enum<T>, value: &T| kind.variants.iter().any(|(_, other)| other == value);
        let mut revalued = HashSet::new();
        for (was, value) in &old.variants {
            // A removed value may have left its name to another one.
            let by_name = || new.variants.iter().find(|(name, value)| name == was && !has(old, value));
            match new.variants.iter().find(|(_, other)| other == value).or_else(by_name) {
                Some((is, other)) => {
                    self.variant(at(was), [was, is], None);
                    self.variant_value(at(was), is, [value, other]);
                    revalued.extend((value != other).then_some(is.as_str()));
                }
                None => self.tell_only(Only::Old, rules, at(was), &format!("the variant `{was}`"), &[]),
            }
        }
        for (is, value) in &new.variants {
            if !has(old, value) && !revalued.contains(is.as_str()) {
                self.tell_only(Only::New, rules, at(is), &format!("the variant `{is}`"), &[]);
            }
        }
    }

    /// Compares the values of a variant.
    pub fn variant_value<T: PartialEq + Display>(&mut self, place: ChangeLocation, name: &str, [was, is]: [&T; 2]) {
        if was != is {
            let message = format!("the variant `{name}` now represents `{is}` instead of `{was}`");
            self.report(&rules::VARIANT_VALUE_CHANGED, place, message, &[&was.to_string(), &is.to_string()]);
        }
    }

    fn union(&mut self, place: &ChangeLocation, old: &Union, new: &Union) {
        let at = |name: &str| ChangeLocation { subject: format!("{}::{name}", place.subject), ..place.clone() };
        let property = |union: &Union| union.tag.as_ref().map(|tag| tag.property.clone());
        if property(old) != property(new) {
            let told =
                |tag: &Option<Tag>| tag.as_ref().map_or("their shapes".to_owned(), |tag| format!("`{}`", tag.property));
            let (was, is) = (told(&old.tag), told(&new.tag));
            let message = format!("variants are now distinguished by {is} instead of {was}");
            self.report(&rules::TAG_CHANGED, place.clone(), message, &[&was, &is]);
        }
        self.variant(at(&old.unknown), [&old.unknown, &new.unknown], None);
        let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
        let mut matched: Vec<usize> = Vec::new();
        for was in &old.variants {
            let same = self.same_variant(was, new).filter(|same| !matched.contains(same));
            matched.extend(same);
            match same.map(|same| &new.variants[same]) {
                Some(is) => {
                    let types = (!self.same(&was.ty, &is.ty)).then_some([&was.ty, &is.ty]);
                    self.variant(at(&was.name), [&was.name, &is.name], types);
                    if let (Some(value), Some(other)) = (was.tag_text(), is.tag_text()) {
                        self.variant_value(at(&was.name), &is.name, [&value, &other]);
                    }
                }
                None => self.tell_only(Only::Old, rules, at(&was.name), &format!("the variant `{}`", was.name), &[]),
            }
        }
        for (_, is) in new.variants.iter().enumerate().filter(|(index, _)| !matched.contains(index)) {
            self.tell_only(Only::New, rules, at(&is.name), &format!("the variant `{}`", is.name), &[]);
        }
    }

    /// Compares the variants of successful responses, by name.
    fn responses(&mut self, place: &ChangeLocation, old: &Responses, new: &Responses) {
        let at = |name: &str| ChangeLocation { subject: format!("{}::{name}", place.subject), ..place.clone() };
        self.variant(at(&old.unknown), [&old.unknown, &new.unknown], None);
        let rules = [&rules::VARIANT_REMOVED, &rules::VARIANT_ADDED];
        for was in &old.cases {
            match new.cases.iter().find(|is| is.name == was.name) {
                Some(is) => {
                    let types = was.output.ty().zip(is.output.ty());
                    let types = types.filter(|(was, is)| !self.same(was, is)).map(|(was, is)| [was, is]);
                    self.variant(at(&was.name), [&was.name, &is.name], types);
                }
                None => self.tell_only(Only::Old, rules, at(&was.name), &format!("the variant `{}`", was.name), &[]),
            }
        }
        for is in new.cases.iter().filter(|is| old.cases.iter().all(|was| was.name != is.name)) {
            self.tell_only(Only::New, rules, at(&is.name), &format!("the variant `{}`", is.name), &[]);
        }
    }

    /// Returns the variant of the same name or, if there is none, the variant that represents the same values.
    fn same_variant(&self, variant: &UnionVariant, new: &Union) -> Option<usize> {
        let named = new.variants.iter().position(|other| other.name == variant.name);
        named.or_else(|| {
            let tagged = |other: &UnionVariant| !variant.tags.is_empty() && other.tags == variant.tags;
            new.variants.iter().position(|other| tagged(other) || self.same(&variant.ty, &other.ty))
        })
    }
}

/// Returns the fields that `new` takes, in order.
fn asked(kind: &Struct) -> impl Iterator<Item = &Field> {
    kind.fields.iter().filter(|field| match field.presence {
        Presence::OrEmpty => true,
        Presence::Required | Presence::Nullable => field.constant.is_none(),
        Presence::Optional | Presence::Patch => false,
    })
}
