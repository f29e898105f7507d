//! Pass 2: combines several files into one document.
//!
//! A `$ref` to another file becomes one to the document's own `components`, into which its target is copied once. Path
//! items, for which 3.0 has no components, are copied to where they are referenced. A key `$ref` is a reference only
//! where the table of fields allows one: a property named `$ref`, or one in an example, is data.

mod check;
mod dangling;
mod hoist_components;
mod misplaced;
mod target;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value};

pub use check::check_references;
pub use dangling::{DANGLING, replace_dangling};
pub use hoist_components::hoist_components;
pub use misplaced::inline_misplaced;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, child, push_token, tokens};
use crate::load::{Growth, Read, parse, reason};
use crate::origin::{FileId, SourceMap};
use crate::refs::{Names, decoded};
use crate::spec::{FieldType, ObjectKind, Versions};
pub(crate) use target::{Target, encode_pointer, numbered};

/// Copies the nodes of other files that the document refers to into it. `read` gets their paths relative to the
/// document's directory.
///
/// References within the document are not checked, because an overlay may still fix them. Call [`check_references`]
/// after it.
pub fn bundle(value: &mut Value, read: &Read<'_>, documents: &mut SourceMap, diagnostics: &mut Diagnostics) {
    let Some((main, _)) = documents.origin("") else { return };
    let (directory, path) = documents.split(documents.name(main));
    let (directory, path) = (directory.to_owned(), path.to_owned());
    let text = documents.text(main);
    // Collecting the names takes a traversal, which few documents need.
    let names = if text.contains("$id") || text.contains("$self") { Names::of(value) } else { Names::default() };
    let mut bundler = Bundler {
        read,
        documents,
        diagnostics,
        directory,
        main: path.clone(),
        versions: Versions::read_in(value),
        main_names: names,
        files: HashMap::new(),
        names: HashMap::new(),
        taken: HashMap::new(),
        copies: Vec::new(),
        inlining: Vec::new(),
        growth: Growth::default(),
        is_full: false,
    };
    bundler.name_components(value);
    let mut cursor = Cursor { path, file: main, source: String::new(), document: String::new() };
    bundler.walk(value, FieldType::DOCUMENT, &mut cursor);
    bundler.copy_components(value);
}

struct Bundler<'a> {
    read: &'a Read<'a>,
    documents: &'a mut SourceMap,
    diagnostics: &'a mut Diagnostics,
    directory: String,
    main: String,
    /// The versions whose fields the document may use.
    versions: Versions,
    /// The names of the document's schemas, if it has an `$id` or `$self`.
    main_names: Names,
    files: HashMap<String, Result<Rc<File>, String>>,
    /// The name of the component for each target.
    names: HashMap<(&'static str, Target), String>,
    taken: HashMap<&'static str, HashSet<String>>,
    copies: Vec<(&'static str, String, Target)>,
    /// The nodes that are being inlined, from the outermost to the innermost.
    inlining: Vec<Target>,
    growth: Growth,
    /// True if the growth limit has been reported.
    is_full: bool,
}

/// A referenced file.
struct File {
    id: FileId,
    value: Value,
    /// The names of the schemas in it, collected when a reference needs them.
    names: OnceCell<Names>,
}

impl File {
    /// Returns the pointer that a reference within the file refers to.
    fn target(&self, reference: &str, from: &str) -> Option<String> {
        let names = self.names.get_or_init(|| Names::anywhere(&self.value));
        names.target(&self.value, &decoded(reference), from)
    }
}

/// The current position.
struct Cursor {
    /// The path of the file, as passed to `read`.
    path: String,
    file: FileId,
    /// The pointer in the file.
    source: String,
    /// The pointer in the bundled document.
    document: String,
}

/// A node of another file.
struct Found {
    target: Target,
    file: Rc<File>,
}

impl Found {
    fn node(&self) -> &Value {
        self.file.value.pointer(&self.target.pointer).unwrap_or(&Value::Null)
    }

    fn cursor(&self, document: &str) -> Cursor {
        let Target { path, pointer } = self.target.clone();
        Cursor { path, file: self.file.id, source: pointer, document: document.into() }
    }
}

/// The target of a reference.
enum Referent {
    /// A node of the document: the fragment, which may be an anchor.
    Main(String),
    Other(Found),
}

/// Returns the pointer of a section of components, which differs in Swagger 2.0.
fn section_pointer(section: &str, versions: Versions) -> String {
    match section {
        _ if !versions.meet(Versions::V2_0) => child("/components", section),
        "schemas" => "/definitions".to_owned(),
        "parameters" | "responses" => child("", section),
        "securitySchemes" => "/securityDefinitions".to_owned(),
        _ => child("/components", section),
    }
}

impl Bundler<'_> {
    /// Registers each component that is only a reference to another file as the name of its target. Components may be
    /// in another file themselves.
    fn name_components(&mut self, value: &Value) {
        for field in ObjectKind::Components.fields() {
            let section = field.name;
            let Some(place) = self.place(value, &section_pointer(section, self.versions)) else { continue };
            let components = self.node(value, &place, |node| {
                let members = node.as_object().into_iter().flatten();
                members.map(|(name, one)| (name.clone(), pure_reference(one).map(str::to_owned))).collect::<Vec<_>>()
            });
            for (name, reference) in components.into_iter().flatten() {
                self.taken.entry(section).or_default().insert(name.clone());
                let target = match reference.map(|reference| self.find(&reference, &place.path, &place.pointer)) {
                    Some(Ok(Referent::Other(found))) => found.target,
                    None if place.path != self.main => {
                        Target { path: place.path.clone(), pointer: child(&place.pointer, &name) }
                    }
                    _ => continue,
                };
                self.names.entry((section, target)).or_insert(name);
            }
        }
    }

    /// Returns the place of the node at a pointer of the document, through references.
    fn place(&mut self, value: &Value, pointer: &str) -> Option<Target> {
        let mut place = Target { path: self.main.clone(), pointer: String::new() };
        for token in tokens(pointer) {
            place.pointer = child(&place.pointer, &token);
            let reference = self.node(value, &place, |node| pure_reference(node).map(str::to_owned))?;
            if let Some(reference) = reference {
                place = match self.find(&reference, &place.path, &place.pointer).ok()? {
                    Referent::Main(pointer) => Target { path: self.main.clone(), pointer },
                    Referent::Other(found) => found.target,
                };
            }
        }
        Some(place)
    }

    /// Reads the node at a place of the document or of another file.
    fn node<T>(&mut self, value: &Value, place: &Target, read: impl Fn(&Value) -> T) -> Option<T> {
        match place.path == self.main {
            true => value.pointer(&place.pointer).map(read),
            false => self.file(&place.path).ok()?.value.pointer(&place.pointer).map(read),
        }
    }

    fn walk(&mut self, node: &mut Value, holds: FieldType, at: &mut Cursor) {
        match holds {
            FieldType::SchemaNameOrRef => return self.schema_name(node, at),
            FieldType::OperationRef => return self.operation_reference(node, at),
            _ if holds.is_data() => return,
            _ => {}
        }
        self.trim(node, at);
        if let Some(reference) = node.get("$ref").and_then(Value::as_str).map(str::to_owned)
            && self.reference(node, holds, &reference, at)
        {
            return;
        }
        let lengths = (at.source.len(), at.document.len());
        let versions = self.versions;
        let mut member = |bundler: &mut Self, token: &str, member: &mut Value, holds: FieldType| {
            push_token(&mut at.source, token);
            push_token(&mut at.document, token);
            bundler.walk(member, holds, at);
            at.source.truncate(lengths.0);
            at.document.truncate(lengths.1);
        };
        match node {
            Value::Object(members) => {
                members.iter_mut().for_each(|(key, value)| member(self, key, value, holds.member(key, false, versions)))
            }
            Value::Array(elements) => {
                let holds = holds.member("", true, versions);
                elements
                    .iter_mut()
                    .enumerate()
                    .for_each(|(index, value)| member(self, &index.to_string(), value, holds));
            }
            _ => {}
        }
    }

    /// Removes whitespace around the text of a reference.
    fn trim(&mut self, node: &mut Value, at: &Cursor) {
        let Some(Value::String(text)) = node.get_mut("$ref") else { return };
        if text.trim().len() != text.len() {
            *text = text.trim().to_owned();
            let pointer = child(&at.source, "$ref");
            let message = "the reference has surrounding spaces, which are ignored";
            let warning = Diagnostic::new(Severity::Warning, "unknown-value", pointer, message, "remove the spaces");
            self.diagnostics.push(warning.in_file(at.file));
        }
    }

    /// Resolves one reference. Returns true if the node is done.
    fn reference(&mut self, node: &mut Value, holds: FieldType, reference: &str, at: &mut Cursor) -> bool {
        if at.path == self.main && self.is_internal(reference, &at.source) {
            return false;
        }
        let found = match self.find(reference, &at.path, &at.source) {
            Ok(Referent::Other(found)) => found,
            Ok(Referent::Main(fragment)) => {
                set_reference(node, encode_pointer(&fragment));
                return false;
            }
            Err(fault) => {
                let pointer = child(&at.source, "$ref");
                let mut fault = Diagnostic { pointer, ..fault }.in_file(at.file);
                // A file outside the root may exist: the author can choose another root.
                let is_replaced = DANGLING.contains(&fault.code) && dangling::replace(node, holds, self.versions);
                if is_replaced {
                    fault.severity = Severity::Warning;
                }
                self.diagnostics.push(fault);
                return is_replaced;
            }
        };
        if holds.object() == Some(ObjectKind::PathItem) {
            self.inline(node, holds, found, at);
            return true;
        }
        if holds.reference_section().is_none() {
            self.inline_misplaced(node, holds, found, reference, at);
            return true;
        }
        let Some(section) = holds.reference_section() else { return false };
        let own = self.component(section, &found.target);
        if at.document == own {
            if pure_reference(found.node()).is_some() {
                self.fault(at, "reference-cycle", format!("circular reference `{reference}`"));
            } else {
                self.inline(node, holds, found, at);
            }
            return true;
        }
        set_reference(node, encode_pointer(&own));
        false
    }

    /// Copies a node to the place of a reference that OpenAPI does not allow.
    fn inline_misplaced(&mut self, node: &mut Value, holds: FieldType, found: Found, reference: &str, at: &Cursor) {
        if !holds.fits(found.node()) {
            let message = format!("`{reference}` refers to a value that is not allowed here");
            return self.fault(at, "wrong-type", message);
        }
        let warning = misplaced::warning(holds, reference, child(&at.source, "$ref"));
        self.diagnostics.push(warning.in_file(at.file));
        self.inline(node, holds, found, at);
    }

    /// Returns true if a reference in the document is to the document itself, by pointer or by the `$id` of a schema.
    fn is_internal(&self, reference: &str, from: &str) -> bool {
        reference.starts_with('#') || self.main_names.knows(&decoded(reference), from)
    }

    /// Resolves a value of a discriminator's mapping, which is the name of a schema or a reference to one.
    fn schema_name(&mut self, node: &mut Value, at: &Cursor) {
        let Some(reference) = node.as_str() else { return };
        let is_name = !reference.contains(['#', '/']) && !reference.ends_with(".yaml") && !reference.ends_with(".json");
        if is_name || at.path == self.main && self.is_internal(reference, &at.source) {
            return;
        }
        match self.find(reference, &at.path, &at.source) {
            Ok(Referent::Main(fragment)) => *node = encode_pointer(&fragment).into(),
            Ok(Referent::Other(found)) => *node = encode_pointer(&self.component("schemas", &found.target)).into(),
            Err(fault) => {
                // The model leaves out values without a schema.
                let is_dangling = DANGLING.contains(&fault.code);
                let severity = if is_dangling { Severity::Warning } else { fault.severity };
                let fault = Diagnostic { pointer: at.source.clone(), severity, ..fault };
                self.diagnostics.push(fault.in_file(at.file));
            }
        }
    }

    /// Resolves a link in another file that refers to an operation of the document.
    fn operation_reference(&mut self, node: &mut Value, at: &Cursor) {
        if at.path != self.main
            && let Some(target) = node.as_str().and_then(|reference| self.parse(reference, &at.path).ok())
            && target.path == self.main
        {
            *node = encode_pointer(&target.pointer).into();
        }
    }

    /// Returns the pointer of the component for a target, and schedules its copy.
    fn component(&mut self, section: &'static str, target: &Target) -> String {
        let key = (section, target.clone());
        let name = self.names.get(&key).cloned().unwrap_or_else(|| {
            let taken = self.taken.entry(section).or_default();
            let wanted = target.name();
            let mut free =
                target.names().into_iter().chain(numbered(&wanted)).filter(|name| taken.insert(name.clone()));
            let name = free.next().unwrap_or(wanted.clone());
            self.copies.push((section, name.clone(), target.clone()));
            self.names.insert(key, name.clone());
            name
        });
        child(&section_pointer(section, self.versions), &name)
    }

    /// Copies a node of another file to the place of its reference. Fields next to the reference override it.
    fn inline(&mut self, node: &mut Value, holds: FieldType, found: Found, at: &Cursor) {
        let reference = std::mem::take(node);
        if self.inlining.contains(&found.target) {
            return self.fault(at, "reference-cycle", "this reference is within its own target".into());
        }
        let Some(mut copy) = self.copy(&found, at) else { return };
        self.documents.set_origin(&at.document, found.file.id, &found.target.pointer);
        let mut cursor = found.cursor(&at.document);
        self.inlining.push(found.target);
        self.walk(&mut copy, holds, &mut cursor);
        self.inlining.pop();
        if let (Value::Object(members), Value::Object(copied)) = (reference, &mut copy) {
            for (key, mut value) in members.into_iter().filter(|(key, _)| key != "$ref") {
                let (source, document) = (child(&at.source, &key), child(&at.document, &key));
                self.documents.set_origin(&document, at.file, &source);
                let mut cursor = Cursor { path: at.path.clone(), file: at.file, source, document };
                self.walk(&mut value, holds.member(&key, false, self.versions), &mut cursor);
                copied.insert(key, value);
            }
        }
        *node = copy;
    }

    /// Copies the scheduled targets into the components, and those that they refer to.
    fn copy_components(&mut self, value: &mut Value) {
        while let Some((section, name, target)) = self.copies.pop() {
            let place = section_pointer(section, self.versions);
            let document = child(&place, &name);
            let Ok(Referent::Other(found)) = self.lookup(target) else { continue };
            let mut cursor = found.cursor(&document);
            let mut copy = self.copy(&found, &cursor).unwrap_or_default();
            self.documents.set_origin(&document, found.file.id, &found.target.pointer);
            let holds = ObjectKind::Components.holds(section, Versions::ALL).unwrap_or(FieldType::Any);
            self.walk(&mut copy, holds.member(&name, false, Versions::ALL), &mut cursor);
            match tokens(&place).try_fold(&mut *value, |node, token| object_at(node, &token)) {
                Some(Value::Object(components)) => _ = components.insert(name, copy),
                _ => {
                    let message = format!("`components` and its `{section}` must be objects");
                    self.diagnostics.error("wrong-type", "/components", message, "");
                    return;
                }
            }
        }
    }

    /// Returns a copy of a node, unless the document has become too large.
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

    /// Resolves a reference at `from` in the file at `base`, through nodes that are only references.
    fn find(&mut self, reference: &str, base: &str, from: &str) -> Result<Referent, Diagnostic> {
        let mut referent = self.target(reference, base, from)?;
        let mut seen = HashSet::new();
        while let Referent::Other(found) = &referent {
            let Some(reference) = pure_reference(found.node()).filter(|_| seen.insert(found.target.clone())) else {
                break;
            };
            let (reference, target) = (reference.to_owned(), found.target.clone());
            // A later error is reported at its own position, after that node has been copied.
            let Ok(next) = self.target(&reference, &target.path, &target.pointer) else { break };
            referent = next;
        }
        Ok(referent)
    }

    /// Resolves a reference at `from` in the file at `base`.
    fn target(&mut self, reference: &str, base: &str, from: &str) -> Result<Referent, Diagnostic> {
        // The `$id` of a schema takes precedence over the name of a file.
        if base != self.main
            && let Ok(file) = self.file(base)
            && let Some(pointer) = file.target(reference, from)
        {
            return Ok(Referent::Other(Found { target: Target { path: base.to_owned(), pointer }, file }));
        }
        match self.parse(reference, base) {
            Ok(target) => self.lookup(target),
            Err(fault) => self.anchor(reference, base).ok_or_else(|| fault.diagnostic(reference, "")),
        }
    }

    /// Parses a reference in the file at `base`, which may be a URL.
    fn parse(&self, reference: &str, base: &str) -> Result<Target, target::TargetError> {
        match Target::parse_url(reference, base)? {
            Some(target) if self.documents.allows_remote(&target.path) => Ok(target),
            Some(_) => Err(target::TargetError::Remote),
            None => Target::parse(reference, base),
        }
    }

    /// Resolves a reference with an anchor.
    fn anchor(&mut self, reference: &str, base: &str) -> Option<Referent> {
        let (path, anchor) = reference.split_once('#').filter(|(_, anchor)| !anchor.starts_with('/'))?;
        let path = self.parse(path, base).ok()?.path;
        if path == self.main {
            return Some(Referent::Main(decoded(anchor)));
        }
        let file = self.file(&path).ok()?;
        let pointer = file.target(&format!("#{anchor}"), "")?;
        Some(Referent::Other(Found { target: Target { path, pointer }, file }))
    }

    fn lookup(&mut self, target: Target) -> Result<Referent, Diagnostic> {
        if target.path == self.main {
            return Ok(Referent::Main(target.pointer));
        }
        let help =
            "paths are relative to the file with the reference, and those that begin with `/` to the root directory";
        let file = self
            .file(&target.path)
            .map_err(|message| Diagnostic::new(Severity::Error, "unreadable-file", "", message, help))?;
        match check::missing(&file.value, &target.pointer) {
            None => Ok(Referent::Other(Found { target, file })),
            Some(suggestion) => {
                let message = format!("`{}` not found in `{}`", target.pointer, target.path);
                let help =
                    suggestion.map(|pointer| format!("did you mean `{}#{pointer}`?", target.path)).unwrap_or_default();
                Err(Diagnostic::new(Severity::Error, "unknown-reference", "", message, help))
            }
        }
    }

    fn file(&mut self, path: &str) -> Result<Rc<File>, String> {
        if let Some(known) = self.files.get(path) {
            return known.clone();
        }
        let directory = if target::is_remote(path) { "" } else { &self.directory };
        let name = format!("{directory}{path}");
        let file = match (self.read)(path) {
            Err(error) => Err(format!("cannot read `{path}`: {}", reason(&error))),
            Ok(bytes) => parse(&name, &bytes, self.documents, self.diagnostics)
                .map(|(id, value)| Rc::new(File { id, value, names: OnceCell::new() }))
                .ok_or_else(|| format!("cannot read `{path}` because of the errors above")),
        };
        self.files.insert(path.to_owned(), file.clone());
        file
    }

    fn fault(&mut self, at: &Cursor, code: &'static str, message: String) {
        let pointer = child(&at.source, "$ref");
        self.diagnostics.push(Diagnostic::new(Severity::Error, code, pointer, message, "").in_file(at.file));
    }
}

/// Returns the text of a reference, if the node contains nothing else.
fn pure_reference(node: &Value) -> Option<&str> {
    let members = node.as_object().filter(|members| members.len() == 1)?;
    members.get("$ref")?.as_str()
}

fn set_reference(node: &mut Value, reference: String) {
    if let Some(member) = node.get_mut("$ref") {
        *member = reference.into();
    }
}

/// Returns the member `key` of an object, which is created if it is missing or empty.
fn object_at<'a>(node: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    let member = node.as_object_mut()?.entry(key).or_insert(Value::Null);
    if member.is_null() {
        *member = Map::new().into();
    }
    Some(member)
}
