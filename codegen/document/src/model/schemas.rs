//! Building the nodes of schemas.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::build::{Builder, JsonObject, external_docs, flag, list, text, texts};
use super::{Discriminator, RareKeywords, Schema, SchemaId, Type, Xml};
use crate::diagnostic::{child, tokens};
use crate::recursion::deeper;
use crate::refs::reference;
use crate::spec::ObjectKind;

impl Builder<'_, '_> {
    /// Returns the schema at a position: its own node, or the one that it refers to.
    pub(super) fn schema(&mut self, node: &Value, pointer: &str) -> SchemaId {
        match node.as_object() {
            Some(object) if object.len() == 1 && component_name(pointer).is_none() => match reference(node) {
                Some(reference) => self.referred_schema(reference, pointer),
                None => self.schema_node(node, pointer),
            },
            _ => self.schema_node(node, pointer),
        }
    }

    /// Returns the schema that a reference at `from` resolves to. It always has its own node, even if it is only a
    /// reference.
    fn referred_schema(&mut self, reference: &str, from: &str) -> SchemaId {
        let target = self.refs.target(reference, from);
        let node = target.as_deref().and_then(|target| self.refs.node(target));
        match (target, node) {
            (Some(target), Some(_)) if self.known.schemas.contains_key(&target) => self.known.schemas[&target],
            (Some(target), Some(node)) if self.is_kind(ObjectKind::Schema, node, &target) => {
                deeper(|| self.schema_node(node, &target))
            }
            (_, Some(_)) => {
                let message = format!("`{reference}` is not a schema, and is read as any JSON value");
                let help = "change the `$ref` to a schema";
                self.diagnostics.warning("unknown-reference", from, message, help);
                self.any(from)
            }
            _ => {
                self.unknown_reference(reference, from);
                self.any(from)
            }
        }
    }

    /// Returns the schema at a pointer where a schema is expected.
    pub(super) fn schema_at(&mut self, pointer: &str) -> SchemaId {
        match self.refs.node(pointer) {
            Some(node) => self.schema_node(node, pointer),
            None => self.any(pointer),
        }
    }

    /// Adds a schema that allows any value.
    pub(super) fn any(&mut self, pointer: &str) -> SchemaId {
        self.nodes.schemas.push(Schema { pointer: pointer.to_owned(), ..Schema::default() })
    }

    fn schema_node(&mut self, node: &Value, pointer: &str) -> SchemaId {
        if let Some(id) = self.known.schemas.get(pointer) {
            return *id;
        }
        // The id is stored before the parts are built, because they may contain the schema.
        let id = self.any(pointer);
        self.known.schemas.insert(pointer.to_owned(), id);
        let schema = match node {
            Value::Object(object) if forbids_all(object) => Schema { boolean: Some(false), ..Schema::default() },
            Value::Object(object) => deeper(|| self.keywords(object, pointer)),
            other => Schema { boolean: other.as_bool(), ..Schema::default() },
        };
        if schema.is_alias {
            self.aliases.push(id);
        }
        let component = component_name(pointer);
        self.nodes.schemas[id] = Schema { pointer: pointer.to_owned(), component, ..schema };
        id
    }

    fn keywords(&mut self, object: &JsonObject, pointer: &str) -> Schema {
        let mut schema = Schema {
            rust_name: self.extensions.name(object, pointer, self.diagnostics),
            rust_variants: self.extensions.variants(object, pointer, self.diagnostics),
            ..Schema::default()
        };
        for (keyword, value) in object {
            self.keyword(&mut schema, keyword, value, object, pointer);
        }
        schema.is_alias = object.len() == 1 && schema.reference.is_some();
        schema
    }

    fn keyword(&mut self, schema: &mut Schema, keyword: &str, value: &Value, object: &JsonObject, pointer: &str) {
        let string = || value.as_str().map(str::to_owned);
        let number = || value.as_number().cloned();
        let is_true = value.as_bool().unwrap_or_default();
        match keyword {
            "$ref" => {
                schema.reference = value.as_str().map(|reference| self.referred_schema(reference, pointer));
            }
            "$dynamicRef" => {
                schema.dynamic_reference = value.as_str().map(|reference| self.referred_schema(reference, pointer));
            }
            "type" => schema.types = types(value),
            "properties" => schema.properties = Some(self.schemas_by_name(value, pointer, keyword)),
            "description" => schema.description = string(),
            "items" => schema.items = Some(self.schema(value, &child(pointer, keyword))),
            "required" => schema.required = value.is_array().then(|| texts(object, keyword)),
            "enum" => schema.enumeration = value.as_array().cloned(),
            "format" => schema.format = string(),
            "readOnly" => schema.read_only = is_true,
            "writeOnly" => schema.write_only = is_true,
            "deprecated" => schema.deprecated = is_true,
            "default" => schema.default = Some(value.clone()),
            "title" => schema.title = string(),
            "allOf" => schema.all_of = Some(self.schema_list(value, pointer, keyword)),
            "oneOf" => schema.one_of = Some(self.schema_list(value, pointer, keyword)),
            "anyOf" => schema.any_of = Some(self.schema_list(value, pointer, keyword)),
            "not" => schema.not = Some(self.schema(value, &child(pointer, keyword))),
            "additionalProperties" => {
                schema.additional_properties = Some(self.schema(value, &child(pointer, keyword)));
            }
            "discriminator" => schema.discriminator = self.discriminator(value, pointer),
            "pattern" => schema.pattern = string(),
            "minLength" => schema.min_length = number(),
            "maxLength" => schema.max_length = number(),
            "minimum" => schema.minimum = number(),
            "maximum" => schema.maximum = number(),
            "exclusiveMinimum" => schema.exclusive_minimum = number(),
            "exclusiveMaximum" => schema.exclusive_maximum = number(),
            "multipleOf" => schema.multiple_of = number(),
            "minItems" => schema.min_items = number(),
            "maxItems" => schema.max_items = number(),
            "uniqueItems" => schema.unique_items = is_true,
            "minProperties" => schema.min_properties = number(),
            "maxProperties" => schema.max_properties = number(),
            "const" => schema.constant = Some(value.clone()),
            "prefixItems" => schema.prefix_items = self.schema_list(value, pointer, keyword),
            _ => self.rare_keyword(schema.rare.get_or_insert_default(), keyword, value, object, pointer),
        }
    }

    fn rare_keyword(
        &mut self,
        rare: &mut RareKeywords,
        keyword: &str,
        value: &Value,
        object: &JsonObject,
        pointer: &str,
    ) {
        let string = || value.as_str().map(str::to_owned);
        match keyword {
            "$id" => rare.id = string(),
            "$schema" => rare.dialect = string(),
            "$anchor" => rare.anchor = string(),
            "$dynamicAnchor" => rare.dynamic_anchor = string(),
            "$comment" => rare.comment = string(),
            "$vocabulary" => {
                let known = value.as_object().into_iter().flatten();
                rare.vocabulary = known.map(|(uri, is)| (uri.clone(), is.as_bool().unwrap_or_default())).collect();
            }
            "$defs" => rare.definitions = self.schemas_by_name(value, pointer, keyword),
            "example" => rare.example = Some(value.clone()),
            "examples" => rare.examples = list(object, keyword).cloned().collect(),
            "externalDocs" => rare.external_docs = external_docs(object),
            "xml" => rare.xml = value.as_object().map(xml),
            "if" => rare.condition = Some(self.schema(value, &child(pointer, keyword))),
            "then" => rare.then = Some(self.schema(value, &child(pointer, keyword))),
            "else" => rare.otherwise = Some(self.schema(value, &child(pointer, keyword))),
            "dependentSchemas" => rare.dependent_schemas = self.schemas_by_name(value, pointer, keyword),
            "dependentRequired" => {
                let dependent = value.as_object();
                let names = dependent.into_iter().flat_map(JsonObject::keys);
                let required = |name| dependent.map(|dependent| texts(dependent, name)).unwrap_or_default();
                rare.dependent_required = names.map(|name| (name.clone(), required(name))).collect();
            }
            "propertyNames" => rare.property_names = Some(self.schema(value, &child(pointer, keyword))),
            "patternProperties" => rare.pattern_properties = self.schemas_by_name(value, pointer, keyword),
            "unevaluatedProperties" => {
                rare.unevaluated_properties = Some(self.schema(value, &child(pointer, keyword)));
            }
            "contains" => rare.contains = Some(self.schema(value, &child(pointer, keyword))),
            "minContains" => rare.min_contains = value.as_number().cloned(),
            "maxContains" => rare.max_contains = value.as_number().cloned(),
            "unevaluatedItems" => rare.unevaluated_items = Some(self.schema(value, &child(pointer, keyword))),
            "contentEncoding" => rare.content_encoding = string(),
            "contentMediaType" => rare.content_media_type = string(),
            "contentSchema" => rare.content_schema = Some(self.schema(value, &child(pointer, keyword))),
            // Validation has reported other keywords.
            extension => {
                rare.extensions.insert(extension.to_owned(), value.clone());
            }
        }
    }

    fn schemas_by_name(&mut self, value: &Value, pointer: &str, keyword: &str) -> IndexMap<String, SchemaId> {
        let place = child(pointer, keyword);
        let schemas = value.as_object().into_iter().flatten();
        schemas.map(|(name, schema)| (name.clone(), self.schema(schema, &child(&place, name)))).collect()
    }

    fn schema_list(&mut self, value: &Value, pointer: &str, keyword: &str) -> Vec<SchemaId> {
        let place = child(pointer, keyword);
        let schemas = value.as_array().into_iter().flatten().enumerate();
        schemas.map(|(index, schema)| self.schema(schema, &child(&place, &index.to_string()))).collect()
    }

    fn discriminator(&mut self, value: &Value, pointer: &str) -> Option<Discriminator> {
        let object = value.as_object()?;
        let place = child(pointer, "discriminator");
        let mapped = object.get("mapping").and_then(Value::as_object).into_iter().flatten();
        let mapping = mapped.filter_map(|(value, reference)| {
            let place = child(&child(&place, "mapping"), value);
            Some((value.clone(), self.mapped(reference.as_str()?, value, &place)?))
        });
        let mapping = mapping.collect();
        let default_mapping = text(object, "defaultMapping");
        let default_mapping =
            default_mapping.and_then(|target| self.mapped(&target, "", &child(&place, "defaultMapping")));
        Some(Discriminator { property: text(object, "propertyName")?, mapping, default_mapping })
    }

    /// Returns the schema for a value of a discriminator, which is the name of a component or a reference.
    fn mapped(&mut self, target: &str, value: &str, place: &str) -> Option<SchemaId> {
        let component = child("/components/schemas", target);
        let pointer = if !target.starts_with('#') && self.refs.node(&component).is_some() {
            Some(component)
        } else {
            self.refs.target(target, place)
        };
        let node = pointer.as_deref().and_then(|pointer| self.refs.node(pointer));
        let Some((pointer, node)) = pointer.zip(node) else {
            let message = format!("the discriminator maps `{value}` to `{target}`, which does not exist");
            let help = "map it to the name of a schema, or remove it";
            self.diagnostics.warning("unknown-mapping", place, message, help);
            return None;
        };
        Some(deeper(|| self.schema_node(node, &pointer)))
    }

    /// Resolves each schema that is only a reference. Reports circular references, which become schemas that allow any
    /// value.
    pub(super) fn referred(&mut self) -> HashMap<SchemaId, SchemaId> {
        let mut ends: HashMap<SchemaId, SchemaId> = HashMap::new();
        let mut aliases = std::mem::take(&mut self.aliases);
        aliases.sort_unstable();
        for start in aliases {
            let mut way = vec![start];
            let mut seen = HashSet::from([start]);
            let end = loop {
                let at = way.last().copied().unwrap_or(start);
                let schema = &self.nodes.schemas[at];
                match schema.reference.filter(|_| schema.is_alias) {
                    None => break at,
                    Some(next) => match ends.get(&next) {
                        Some(end) => break *end,
                        None if seen.insert(next) => way.push(next),
                        None => {
                            let pointer = self.nodes.schemas[start].pointer.clone();
                            self.reference_cycle(&pointer);
                            let schema = &mut self.nodes.schemas[start];
                            (schema.reference, schema.is_alias) = (None, false);
                            break start;
                        }
                    },
                }
            };
            ends.extend(way.into_iter().map(|id| (id, end)));
        }
        ends
    }
}

/// Parses the types in a `type`.
fn types(value: &Value) -> Vec<Type> {
    match value {
        Value::Array(words) => words.iter().filter_map(Value::as_str).filter_map(Type::parse).collect(),
        word => word.as_str().and_then(Type::parse).into_iter().collect(),
    }
}

fn xml(xml: &JsonObject) -> Xml {
    Xml {
        node_type: text(xml, "nodeType"),
        name: text(xml, "name"),
        namespace: text(xml, "namespace"),
        prefix: text(xml, "prefix"),
        attribute: flag(xml, "attribute"),
        wrapped: flag(xml, "wrapped"),
    }
}

/// Returns the name of the component at a pointer.
pub fn component_name(pointer: &str) -> Option<String> {
    let name = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'))?;
    tokens(&format!("/{name}")).next()
}

/// Returns true for `{"not": {}}`, which is how documents without boolean schemas write `false`.
fn forbids_all(object: &JsonObject) -> bool {
    let not = object.get("not").filter(|_| object.len() == 1);
    not.is_some_and(|not| *not == Value::Bool(true) || not.as_object().is_some_and(JsonObject::is_empty))
}
