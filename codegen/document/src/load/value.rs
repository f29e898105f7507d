//! A visitor for both formats: creates a `Value`, and collects findings that a `Value` cannot represent.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::diagnostic::{Diagnostic, Severity, push_token};

/// Maximum number of findings in one file.
const MAX_FINDINGS: usize = 100;

/// A problem of one node in a text that can be parsed.
pub(super) struct Finding {
    code: &'static str,
    pointer: String,
    message: String,
    help: &'static str,
}

impl Finding {
    /// Returns true if the text cannot be used because of this problem.
    pub(super) fn is_error(&self) -> bool {
        !matches!(self.code, "duplicate-key" | "not-finite")
    }

    pub(super) fn diagnostic(self) -> Diagnostic {
        let severity = if self.is_error() { Severity::Error } else { Severity::Warning };
        Diagnostic::new(severity, self.code, self.pointer, self.message, self.help)
    }
}

/// The state shared while one text is parsed.
pub(super) struct Context {
    findings: RefCell<Vec<Finding>>,
    /// The remaining content, in bytes of text.
    budget: Cell<usize>,
    merge_keys: bool,
}

impl Context {
    /// The error for a text that grows without bound because of its aliases.
    pub(super) const OVERGROWN: &str = "grows beyond its text";

    /// Creates the context of a text with this number of bytes. A node takes at least one byte; aliases may repeat the
    /// whole text a few times.
    pub(super) fn new(bytes: usize, merge_keys: bool) -> Self {
        Self {
            findings: RefCell::default(),
            budget: Cell::new(bytes.saturating_mul(8).saturating_add(1 << 20)),
            merge_keys,
        }
    }

    pub(super) fn findings(self) -> Vec<Finding> {
        self.findings.into_inner()
    }

    fn find(&self, code: &'static str, pointer: String, message: String, help: &'static str) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < MAX_FINDINGS {
            findings.push(Finding { code, pointer, message, help });
        }
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let left = self.budget.get().checked_sub(bytes + 1).ok_or_else(|| E::custom(Self::OVERGROWN))?;
        self.budget.set(left);
        Ok(())
    }
}

/// The node that is being parsed. Its path is a chain on the stack, from which a pointer is built only for a finding.
#[derive(Clone, Copy)]
pub(super) struct ValueNode<'a> {
    context: &'a Context,
    parent: Option<&'a ValueNode<'a>>,
    token: Token<'a>,
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> ValueNode<'a> {
    pub(super) fn root(context: &'a Context) -> Self {
        Self { context, parent: None, token: Token::Index(0) }
    }

    fn member(&'a self, token: Token<'a>) -> Self {
        Self { context: self.context, parent: Some(self), token }
    }

    fn pointer(&self) -> String {
        let Some(parent) = self.parent else { return String::new() };
        let mut pointer = parent.pointer();
        match self.token {
            Token::Key(key) => push_token(&mut pointer, key),
            Token::Index(index) => push_token(&mut pointer, &index.to_string()),
        }
        pointer
    }

    fn merge(&self, map: &mut Map<String, Value>, merged: Value) {
        match merged {
            Value::Object(members) => {
                for (key, value) in members {
                    map.entry(key).or_insert(value);
                }
            }
            Value::Array(elements) if elements.iter().all(Value::is_object) => {
                elements.into_iter().for_each(|element| self.merge(map, element));
            }
            _ => {
                let message = "a merge key `<<` requires a mapping or a sequence of mappings".into();
                self.context.find("wrong-merge-key", self.member(Token::Key("<<")).pointer(), message, "");
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueNode<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueNode<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.context.spend(0)?;
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.context.spend(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.context.spend(0)?;
        Ok(value.into())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.context.spend(0)?;
        Ok(Number::from_f64(value).map_or_else(
            || {
                let message = format!("JSON has no number {value}; it is read as null");
                self.context.find(
                    "not-finite",
                    self.pointer(),
                    message,
                    "remove the limit, or quote the value if it is text",
                );
                Value::Null
            },
            Value::Number,
        ))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.context.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.context.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.context.spend(0)?;
        let mut elements = Vec::new();
        while let Some(element) = access.next_element_seed(self.member(Token::Index(elements.len())))? {
            elements.push(element);
        }
        Ok(elements.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.context.spend(0)?;
        let mut map = Map::new();
        let mut merged = Vec::new();
        // As a `String`, a YAML key such as `200` or `true` is the text as written.
        while let Some(key) = access.next_key::<String>()? {
            self.context.spend(key.len())?;
            let member = self.member(Token::Key(&key));
            let value = access.next_value_seed(member)?;
            if self.context.merge_keys && key == "<<" {
                merged.push(value);
                continue;
            }
            if map.contains_key(&key) {
                let message = format!("duplicate key `{key}`; two objects are merged, otherwise the last one is used");
                self.context.find("duplicate-key", member.pointer(), message, "remove one of the two, or rename it");
            }
            match (map.get_mut(&key), value) {
                // Two objects are parts of one, and the later part takes precedence.
                (Some(Value::Object(first)), Value::Object(second)) => first.extend(second),
                (_, value) => _ = map.insert(key, value),
            }
        }
        merged.into_iter().for_each(|merged| self.merge(&mut map, merged));
        Ok(map.into())
    }

    /// Visits a YAML node with a tag, which has no meaning in an OpenAPI document.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (_, content) = access.variant::<String>()?;
        content.newtype_variant_seed(self)
    }
}
