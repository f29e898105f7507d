//! The inputs of a method: its arguments in order, and the setters of its call.

use std::collections::{HashMap, HashSet};

use crm_clients_document::diagnostic::child;
use crm_clients_generator::emit::setter_names;
use crm_clients_generator::ir::{Argument, Location, Operation, PathValue, Type};

/// The inputs of a method, without those of its handle.
pub struct Signature<'a> {
    /// The arguments in order.
    pub arguments: Vec<Slot<'a>>,
    /// The setters of its call.
    pub setters: Vec<Slot<'a>>,
}

/// An argument or a setter.
pub struct Slot<'a> {
    /// The identity, regardless of the name.
    pub key: Key<'a>,
    /// The name of the argument or setter.
    pub name: String,
    /// The type.
    pub ty: &'a Type,
    /// The JSON pointer of its declaration.
    pub pointer: String,
    /// True if it is deprecated.
    pub deprecated: bool,
}

/// The part of the request that an argument sets.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// A path parameter, by its position from the end of the path: it may be renamed, and the path may get a longer
    /// prefix.
    Path(usize),
    /// Another parameter.
    Parameter(Location, &'a str),
    /// The body.
    Body,
}

impl<'a> Signature<'a> {
    /// Returns the signature of an operation's method.
    pub fn of(operation: &'a Operation) -> Self {
        let last = operation.path_values.len();
        let mut places = HashMap::new();
        for (index, value) in operation.path_values.iter().enumerate() {
            if let PathValue::Own(name) = value {
                places.entry(name.as_str()).or_insert(last - index);
            }
        }
        let slot = |argument: &'a Argument, name: String| Slot {
            key: match places.get(argument.name.as_str()).filter(|_| argument.location == Location::Path) {
                Some(place) => Key::Path(*place),
                None => Key::Parameter(argument.location, &argument.wire),
            },
            name,
            ty: &argument.ty,
            pointer: argument.pointer.clone(),
            deprecated: argument.deprecated,
        };
        let mut arguments: Vec<Slot<'a>> =
            operation.required.iter().map(|argument| slot(argument, argument.name.clone())).collect();
        let setters = operation.optional.iter().zip(setter_names(operation));
        let mut setters: Vec<Slot<'a>> = setters.map(|(argument, name)| slot(argument, name)).collect();
        if let Some(body) = &operation.body {
            let pointer = child(&operation.pointer, "requestBody");
            let slot = Slot { key: Key::Body, name: "body".to_owned(), ty: &body.ty, pointer, deprecated: false };
            if body.required { arguments.push(slot) } else { setters.push(slot) }
        }
        Self { arguments, setters }
    }
}

/// Header names are case-insensitive.
impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Path(one), Self::Path(other)) => one == other,
            (Self::Parameter(Location::Header, one), Self::Parameter(Location::Header, other)) => {
                one.eq_ignore_ascii_case(other)
            }
            (Self::Parameter(one, name), Self::Parameter(other, other_name)) => (one, name) == (other, other_name),
            (Self::Body, Self::Body) => true,
            _ => false,
        }
    }
}

impl Eq for Key<'_> {}

impl std::hash::Hash for Key<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Path(place) => place.hash(state),
            Self::Parameter(Location::Header, name) => name.to_ascii_lowercase().hash(state),
            Self::Parameter(location, name) => (location, name).hash(state),
            Self::Body => {}
        }
    }
}

impl<'a> Signature<'a> {
    /// Matches arguments that keep their name in `new` but set an added parameter instead of a removed one. Returns
    /// both keys and the name of each.
    pub fn follow(&mut self, new: &Signature<'a>) -> Vec<([Key<'a>; 2], String)> {
        let known: HashSet<Key<'a>> = self.slots().map(|slot| slot.key).collect();
        let there: HashSet<Key<'a>> = new.slots().map(|slot| slot.key).collect();
        let mut followed = Vec::new();
        for slot in self.arguments.iter_mut().chain(&mut self.setters).filter(|slot| !there.contains(&slot.key)) {
            let fresh = |is: &&Slot<'a>| is.name == slot.name && !known.contains(&is.key);
            let parameters = |key: Key<'_>| matches!(key, Key::Parameter(..));
            let mut same = new.slots().filter(fresh).filter(|is| parameters(is.key) && parameters(slot.key));
            if let Some(is) = same.next() {
                followed.push(([slot.key, is.key], slot.name.clone()));
                slot.key = is.key;
            }
        }
        followed
    }

    fn slots(&self) -> impl Iterator<Item = &Slot<'a>> {
        self.arguments.iter().chain(&self.setters)
    }
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(_) => f.write_str("the path"),
            Self::Parameter(location, wire) => {
                write!(f, "the {} parameter `{wire}`", location.word())
            }
            Self::Body => f.write_str("the body"),
        }
    }
}

/// Returns the slot with this key.
pub fn find<'s, 'a>(slots: &'s [Slot<'a>], key: Key<'_>) -> Option<&'s Slot<'a>> {
    slots.iter().find(|slot| slot.key == key)
}
