//! Pass 2: one document out of several files.
//!
//! A `$ref` into another file of the document's directory becomes one into the document's own `components`, and its target is copied
//! there, once. Path items, for which 3.0 has no components, are put where they are referred to. What a reference is, its place tells: a
//! property that is named `$ref`, or one in an example, is data.

mod adopt;
mod check;
mod target;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value, json};

pub use adopt::adopt;
pub use check::check_references;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token};
use crate::kind::{Kind, Shape};
use crate::load::{Growth, Read, parse, reason, split_directory};
use crate::origin::{Documents, FileId};
pub(crate) use target::{Target, encode_pointer};

/// How many references may lead to one node.
const MAX_HOPS: usize = 32;

/// Copies what the document refers to in other files into it. `read` is given their paths relative to the document's directory.
///
/// References within the document stay as they are, right or wrong: an overlay may still mend them. [`check_references`] is for after it.
pub fn bundle(value: &mut Value, read: &Read<'_>, documents: &mut Documents, diagnostics: &mut Diagnostics) {
    let Some((main, _)) = documents.origin("") else { return };
    let (directory, path) = split_directory(documents.name(main));
    let (directory, path) = (directory.to_owned(), path.to_owned());
    let names = |section: &Value| section.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    let taken = match value.get("components") {
        Some(Value::Object(sections)) => sections.iter().map(|(section, map)| (section.clone(), names(map))).collect(),
        _ => HashMap::new(),
    };
    let mut bundler = Bundler {
        read,
        documents,
        diagnostics,
        directory,
        main: path.clone(),
        files: HashMap::new(),
        names: HashMap::new(),
        taken,
        copies: Vec::new(),
        inlining: Vec::new(),
        growth: Growth::default(),
        is_full: false,
    };
    bundler.name_components(value);
    let mut cursor = Cursor { path, file: main, source: String::new(), document: String::new() };
    bundler.walk(value, Shape::One(Kind::Document), &mut cursor);
    bundler.copy_components(value);
}

struct Bundler<'a> {
    read: &'a Read<'a>,
    documents: &'a mut Documents,
    diagnostics: &'a mut Diagnostics,
    directory: String,
    main: String,
    files: HashMap<String, Result<Rc<(FileId, Value)>, String>>,
    /// The component that each target has become.
    names: HashMap<(&'static str, Target), String>,
    taken: HashMap<String, HashSet<String>>,
    copies: Vec<(&'static str, String, Target)>,
    /// The path items that are being put in place, one within the other.
    inlining: Vec<Target>,
    growth: Growth,
    /// Whether it has been said that there is no room for more copies.
    is_full: bool,
}

/// Where the walk is.
struct Cursor {
    /// The file, as `read` knows it.
    path: String,
    file: FileId,
    /// The pointer in the file.
    source: String,
    /// The pointer in the document that is being made.
    document: String,
}

/// A node of another file.
struct Found {
    target: Target,
    file: Rc<(FileId, Value)>,
}

impl Found {
    fn node(&self) -> &Value {
        self.file.1.pointer(&self.target.pointer).unwrap_or(&Value::Null)
    }

    fn cursor(&self, document: &str) -> Cursor {
        let Target { path, pointer } = self.target.clone();
        Cursor { path, file: self.file.0, source: pointer, document: document.into() }
    }
}

/// What a reference leads to.
enum Referent {
    Main(String),
    Other(Found),
}

impl Bundler<'_> {
    /// A component that is nothing but a reference into another file is the name of what it refers to.
    fn name_components(&mut self, value: &Value) {
        let Some(Value::Object(sections)) = value.get("components") else { return };
        for (section, components) in sections {
            let shape = Shape::One(Kind::Components).member(section).member("");
            let (Some(section), Some(components)) = (shape.section(), components.as_object()) else { continue };
            for (name, component) in components {
                if let Some(reference) = pure_reference(component)
                    && let Ok(Referent::Other(found)) = self.find(reference, &self.main.clone())
                {
                    self.names.entry((section, found.target)).or_insert_with(|| name.clone());
                }
            }
        }
    }

    fn walk(&mut self, node: &mut Value, shape: Shape, at: &mut Cursor) {
        if shape == Shape::Data {
            return;
        }
        if shape.section().is_some()
            && let Some(reference) = node.get("$ref").and_then(Value::as_str).map(str::to_owned)
            && self.reference(node, shape, &reference, at)
        {
            return;
        }
        if shape == Shape::One(Kind::Discriminator) {
            self.mapping(node, at);
        }
        let lengths = (at.source.len(), at.document.len());
        let mut member = |bundler: &mut Self, token: &str, member: &mut Value, shape: Shape| {
            push_token(&mut at.source, token);
            push_token(&mut at.document, token);
            bundler.walk(member, shape, at);
            at.source.truncate(lengths.0);
            at.document.truncate(lengths.1);
        };
        match node {
            Value::Object(members) => {
                members.iter_mut().for_each(|(key, value)| member(self, key, value, shape.member(key)))
            }
            Value::Array(elements) => {
                // `items` was an array of schemas once.
                let shape = if let Shape::One(_) = shape { shape } else { shape.member("") };
                elements
                    .iter_mut()
                    .enumerate()
                    .for_each(|(index, value)| member(self, &index.to_string(), value, shape));
            }
            _ => {}
        }
    }

    /// Sees to one reference. Says whether that has seen to the whole node.
    fn reference(&mut self, node: &mut Value, shape: Shape, reference: &str, at: &mut Cursor) -> bool {
        if at.path == self.main && reference.starts_with('#') {
            return false;
        }
        if shape == Shape::One(Kind::Example) {
            // Nothing is generated from it, and nobody after this pass could read it.
            *node = json!({});
            return true;
        }
        let found = match self.find(reference, &at.path) {
            Ok(Referent::Other(found)) => found,
            Ok(Referent::Main(pointer)) => {
                set_reference(node, format!("#{pointer}"));
                return false;
            }
            Err(fault) => {
                let pointer = child(&at.source, "$ref");
                self.diagnostics.push(Diagnostic { pointer, ..fault }.in_file(at.file));
                return false;
            }
        };
        if shape == Shape::One(Kind::PathItem) {
            self.inline(node, shape, found, at);
            return true;
        }
        let Some(section) = shape.section() else { return false };
        let own = self.component(section, &found.target);
        if at.document == own {
            if pure_reference(found.node()).is_some() {
                self.fault(at, "reference-cycle", format!("`{reference}` leads back to itself"));
            } else {
                self.inline(node, shape, found, at);
            }
            return true;
        }
        set_reference(node, format!("#{own}"));
        false
    }

    /// The values of a discriminator's mapping are names of schemas, or references to them.
    fn mapping(&mut self, node: &mut Value, at: &Cursor) {
        let Some(Value::Object(mapping)) = node.get_mut("mapping") else { return };
        for (key, value) in mapping {
            let Some(reference) = value.as_str() else { continue };
            let is_name =
                !reference.contains(['#', '/']) && !reference.ends_with(".yaml") && !reference.ends_with(".json");
            if is_name || at.path == self.main && reference.starts_with('#') {
                continue;
            }
            match self.find(reference, &at.path) {
                Ok(Referent::Main(pointer)) => *value = format!("#{pointer}").into(),
                Ok(Referent::Other(found)) => *value = format!("#{}", self.component("schemas", &found.target)).into(),
                Err(fault) => {
                    let pointer = child(&child(&at.source, "mapping"), key);
                    self.diagnostics.push(Diagnostic { pointer, ..fault }.in_file(at.file));
                }
            }
        }
    }

    /// The pointer of the component that a target has become, or is to become.
    fn component(&mut self, section: &'static str, target: &Target) -> String {
        let key = (section, target.clone());
        let name = self.names.get(&key).cloned().unwrap_or_else(|| {
            let taken = self.taken.entry(section.to_owned()).or_default();
            let wanted = target.name();
            let numbered = (2_usize..).map(|number| format!("{wanted}{number}"));
            let mut free = std::iter::once(wanted.clone()).chain(numbered).filter(|name| taken.insert(name.clone()));
            let name = free.next().unwrap_or(wanted.clone());
            self.copies.push((section, name.clone(), target.clone()));
            self.names.insert(key, name.clone());
            name
        });
        child(&format!("/components/{section}"), &name)
    }

    /// Puts a node of another file in the place of the reference to it. What stands beside the reference overrides it.
    fn inline(&mut self, node: &mut Value, shape: Shape, found: Found, at: &Cursor) {
        let reference = std::mem::take(node);
        if self.inlining.contains(&found.target) {
            return self.fault(at, "reference-cycle", "this reference stands within what it refers to".into());
        }
        let Some(mut copy) = self.copy(&found, at) else { return };
        self.documents.set_origin(&at.document, found.file.0, &found.target.pointer);
        let mut cursor = found.cursor(&at.document);
        self.inlining.push(found.target);
        self.walk(&mut copy, shape, &mut cursor);
        self.inlining.pop();
        if let (Value::Object(members), Value::Object(copied)) = (reference, &mut copy) {
            for (key, mut value) in members.into_iter().filter(|(key, _)| key != "$ref") {
                let (source, document) = (child(&at.source, &key), child(&at.document, &key));
                self.documents.set_origin(&document, at.file, &source);
                let mut cursor = Cursor { path: at.path.clone(), file: at.file, source, document };
                self.walk(&mut value, shape.member(&key), &mut cursor);
                copied.insert(key, value);
            }
        }
        *node = copy;
    }

    /// Copies the targets found so far into the components, and those that they refer to.
    fn copy_components(&mut self, value: &mut Value) {
        while let Some((section, name, target)) = self.copies.pop() {
            let document = child(&format!("/components/{section}"), &name);
            let Ok(Referent::Other(found)) = self.lookup(target) else { continue };
            let mut cursor = found.cursor(&document);
            let mut copy = self.copy(&found, &cursor).unwrap_or_default();
            self.documents.set_origin(&document, found.file.0, &found.target.pointer);
            self.walk(&mut copy, Shape::One(Kind::Components).member(section).member(""), &mut cursor);
            match object_at(value, "components").and_then(|components| object_at(components, section)) {
                Some(Value::Object(components)) => _ = components.insert(name, copy),
                _ => {
                    let message = format!("`components` and its `{section}` must be objects");
                    self.diagnostics.error("wrong-type", "/components", message, "");
                    return;
                }
            }
        }
    }

    /// A copy of a node, as long as there is room for it.
    fn copy(&mut self, found: &Found, at: &Cursor) -> Option<Value> {
        match self.growth.allow(found.node(), &at.document) {
            Ok(()) => Some(found.node().clone()),
            Err(message) => {
                if !std::mem::replace(&mut self.is_full, true) {
                    self.fault(at, "too-large", message);
                }
                None
            }
        }
    }

    /// What a reference in the file at `base` leads to, through references that are nothing else.
    fn find(&mut self, reference: &str, base: &str) -> Result<Referent, Diagnostic> {
        let target = Target::parse(reference, base).map_err(|fault| fault.diagnostic(reference, ""))?;
        let mut referent = self.lookup(target)?;
        for _ in 0..MAX_HOPS {
            let Referent::Other(found) = &referent else { break };
            let Some(reference) = pure_reference(found.node()) else { break };
            // A fault further on is said where it stands, once that node has been copied.
            let Ok(target) = Target::parse(reference, &found.target.path) else { break };
            let Ok(next) = self.lookup(target) else { break };
            referent = next;
        }
        Ok(referent)
    }

    fn lookup(&mut self, target: Target) -> Result<Referent, Diagnostic> {
        if target.path == self.main {
            return Ok(Referent::Main(target.pointer));
        }
        let file = self.file(&target.path).map_err(|message| {
            Diagnostic::new(
                Severity::Error,
                "unreadable-file",
                "",
                message,
                "paths are relative to the file that they stand in",
            )
        })?;
        match check::missing(&file.1, &target.pointer) {
            None => Ok(Referent::Other(Found { target, file })),
            Some(suggestion) => {
                let message = format!("there is no `{}` in `{}`", target.pointer, target.path);
                let help =
                    suggestion.map(|pointer| format!("did you mean `{}#{pointer}`?", target.path)).unwrap_or_default();
                Err(Diagnostic::new(Severity::Error, "unknown-reference", "", message, help))
            }
        }
    }

    fn file(&mut self, path: &str) -> Result<Rc<(FileId, Value)>, String> {
        if let Some(known) = self.files.get(path) {
            return known.clone();
        }
        let name = format!("{}{path}", self.directory);
        let file = match (self.read)(path) {
            Err(error) => Err(format!("cannot read `{path}`: {}", reason(&error))),
            Ok(bytes) => parse(&name, &bytes, self.documents, self.diagnostics)
                .map(Rc::new)
                .ok_or_else(|| format!("`{path}` cannot be read, for the reasons given")),
        };
        self.files.insert(path.to_owned(), file.clone());
        file
    }

    fn fault(&mut self, at: &Cursor, code: &'static str, message: String) {
        let pointer = child(&at.source, "$ref");
        self.diagnostics.push(Diagnostic::new(Severity::Error, code, pointer, message, "").in_file(at.file));
    }
}

/// The reference that a node is, if it is nothing else.
fn pure_reference(node: &Value) -> Option<&str> {
    let members = node.as_object().filter(|members| members.len() == 1)?;
    members.get("$ref")?.as_str()
}

fn set_reference(node: &mut Value, reference: String) {
    if let Some(member) = node.get_mut("$ref") {
        *member = reference.replace('%', "%25").into();
    }
}

/// The member `key` of an object, made if it is missing.
fn object_at<'a>(node: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    Some(node.as_object_mut()?.entry(key).or_insert_with(|| Map::new().into()))
}
