//! Validating bodies against the schemas of a document.

use std::collections::HashMap;

use crm_clients_document::diagnostic::child;
use crm_clients_document::refs::{References, decoded};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

/// Characters that are not allowed in the fragment of a URI.
const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The URI of the document in its validators.
const BASE: &str = "urn:document";

/// A way in which a value differs from its schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// An object has a property that the document does not declare.
    Undeclared {
        /// The name of the property.
        name: String,
    },
    /// An object lacks a required property.
    Missing {
        /// The name of the property.
        name: String,
    },
    /// A value has another type.
    Type,
    /// A value is not in `enum`, or is not `const`.
    Unlisted {
        /// The value as JSON.
        value: String,
    },
    /// A string does not have its `format`.
    Format,
    /// Another keyword does not allow the value.
    Other {
        /// The keyword.
        keyword: String,
    },
}

/// A difference with its position.
#[derive(Debug, Clone)]
pub struct Located {
    /// The difference.
    pub difference: Difference,
    /// The JSON pointer of the schema in the document.
    pub schema: String,
    /// The JSON pointer of the value in the body.
    pub instance: String,
    /// The JSON type of the value: of the property for [`Difference::Undeclared`], otherwise of the value at the
    /// pointer.
    pub found: &'static str,
    /// For [`Difference::Format`], true if the value is an RFC 3339 time.
    pub is_time: bool,
}

/// A schema of a document.
#[derive(Clone)]
pub struct SchemaNode<'d> {
    /// Its JSON pointer.
    pub pointer: String,
    /// Its value.
    pub node: &'d Value,
}

impl<'d> SchemaNode<'d> {
    /// Returns the value of a keyword.
    pub fn member(&self, keyword: &str) -> Option<Self> {
        let node: &'d Value = self.node;
        Some(Self { node: node.get(keyword)?, pointer: child(&self.pointer, keyword) })
    }
}

/// The validators of a document's schemas, each of which is created when it is first used.
pub struct Schemas<'d> {
    references: References<'d>,
    registry: Registry<'d>,
    validators: HashMap<String, Option<Validator>>,
    /// The targets of references, by the schema that contains the reference. A recording asks for each many times.
    targets: HashMap<*const Value, Option<SchemaNode<'d>>>,
    /// The validator of RFC 3339 times.
    time: Validator,
}

impl<'d> Schemas<'d> {
    /// Prepares the schemas of a raised document.
    ///
    /// # Errors
    ///
    /// If a reference in the document is not a valid URI.
    pub fn new(document: &'d Value) -> Result<Self, String> {
        let registry = Registry::new().draft(Draft::Draft202012).add(BASE, document);
        let registry = registry.and_then(jsonschema::RegistryBuilder::prepare).map_err(|error| error.to_string())?;
        let time = serde_json::json!({"type": "string", "format": "date-time"});
        let time =
            jsonschema::options().should_validate_formats(true).build(&time).map_err(|error| error.to_string())?;
        Ok(Self {
            references: References::new(document),
            registry,
            validators: HashMap::new(),
            targets: HashMap::new(),
            time,
        })
    }

    /// Returns the document.
    pub fn document(&self) -> &'d Value {
        self.references.root()
    }

    /// Returns the schema at a pointer.
    pub fn node(&self, pointer: &str) -> Option<SchemaNode<'d>> {
        Some(SchemaNode { node: self.document().pointer(pointer)?, pointer: pointer.to_owned() })
    }

    /// Returns the schema that the `$ref` of a schema resolves to.
    pub fn target(&mut self, schema: &SchemaNode<'d>) -> Option<SchemaNode<'d>> {
        let reference = schema.node.get("$ref")?.as_str()?;
        if let Some(target) = self.targets.get(&std::ptr::from_ref(schema.node)) {
            return target.clone();
        }
        let target = self.references.target(reference, &schema.pointer).and_then(|pointer| self.node(&pointer));
        self.targets.insert(schema.node, target.clone());
        target
    }

    /// Returns true if the value matches the schema at this pointer, apart from undeclared properties.
    pub fn is_valid(&mut self, schema: &str, instance: &Value) -> bool {
        self.prepare(schema);
        self.validator(schema).is_none_or(|validator| validator.is_valid(instance))
    }

    /// Returns the differences between a value and the schema at this pointer, apart from undeclared properties.
    pub fn differences(&mut self, schema: &str, instance: &Value) -> Vec<Located> {
        self.prepare(schema);
        let mut found = Vec::new();
        let Some(validator) = self.validator(schema) else { return found };
        if !validator.is_valid(instance) {
            validator.iter_errors(instance).for_each(|error| collect(&error, instance, &self.time, &mut found));
        }
        found
    }

    /// Returns the validator of a schema; `None` if it could not be created.
    fn validator(&self, schema: &str) -> Option<&Validator> {
        self.validators.get(schema)?.as_ref()
    }

    /// Creates the validator of a schema.
    fn prepare(&mut self, schema: &str) {
        if !self.validators.contains_key(schema) {
            let reference = serde_json::json!({"$ref": format!("{BASE}#{}", utf8_percent_encode(schema, FRAGMENT))});
            let options = jsonschema::options().with_draft(Draft::Draft202012).with_base_uri("urn:drift");
            let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
            let validator = options.with_registry(&self.registry).build(&reference).ok();
            self.validators.insert(schema.to_owned(), validator);
        }
    }
}

/// Collects an error. If no alternative of a choice matches, the errors of the nearest one are collected.
fn collect(error: &ValidationError<'_>, body: &Value, time: &Validator, found: &mut Vec<Located>) {
    let difference = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            if let Some(nearest) = context.iter().min_by_key(|errors| distance(errors, error.instance_path().as_str()))
            {
                nearest.iter().for_each(|error| collect(error, body, time, found));
            }
            return;
        }
        ValidationErrorKind::Required { property } => {
            Difference::Missing { name: property.as_str().unwrap_or_default().to_owned() }
        }
        ValidationErrorKind::Type { .. } => Difference::Type,
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
            Difference::Unlisted { value: error.instance().to_string() }
        }
        ValidationErrorKind::Format { .. } => Difference::Format,
        other => Difference::Other { keyword: other.keyword().to_owned() },
    };
    let instance = error.instance_path().as_str().to_owned();
    let value = body.pointer(&instance).unwrap_or(&Value::Null);
    let Some(schema) = error.absolute_keyword_location().and_then(|uri| schema_of(uri.as_str())) else { return };
    let is_time = difference == Difference::Format && time.is_valid(value);
    found.push(Located { difference, schema, instance, found: type_of(value), is_time });
}

/// Returns the distance of a value from an alternative: another type, then another constant, then the number of errors.
fn distance(errors: &[ValidationError<'_>], instance: &str) -> (bool, bool, usize) {
    let is_own = |error: &&ValidationError<'_>| error.instance_path().as_str() == instance;
    let is_type = |error: &ValidationError<'_>| matches!(error.kind(), ValidationErrorKind::Type { .. });
    let is_constant = |error: &ValidationError<'_>| {
        matches!(error.kind(), ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. })
    };
    (errors.iter().filter(is_own).any(is_type), errors.iter().any(is_constant), errors.len())
}

/// Returns the pointer of the schema that has the keyword at this URI.
fn schema_of(uri: &str) -> Option<String> {
    let (_, fragment) = uri.split_once('#')?;
    decoded(fragment).rsplit_once('/').map(|(schema, _)| schema.to_owned())
}

/// Returns the JSON type of a value, with integers distinguished from other numbers.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Returns the value and the pointer of a keyword of the schema at a pointer.
pub fn member<'d>(document: &'d Value, schema: &str, keyword: &str) -> Option<(&'d Value, String)> {
    let value = document.pointer(schema)?.get(keyword)?;
    Some((value, child(schema, keyword)))
}
