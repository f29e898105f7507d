//! Properties of raising, tested on random documents that follow OpenAPI's table of fields.

use std::collections::BTreeSet;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::origin::SourceMap;
use crm_clients_document::raise::raise;
use crm_clients_document::spec::{FieldType, ObjectKind, Versions};
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Generates random documents. Each data value has a unique `marker`.
struct Generator {
    random: Rng,
    version: Versions,
    data: Vec<Value>,
}

impl Generator {
    /// Returns a value that contains everything that raising changes.
    fn data(&mut self) -> Value {
        let value = json!({
            "marker": self.data.len(), "$ref": "#/components/schemas/gone/definitions/A", "nullable": true, "x-nullable": true,
            "type": "file", "example": 1, "examples": [1], "items": [{"nullable": true}], "definitions": {"A": {}},
            "exclusiveMinimum": true, "minimum": 1, "discriminator": "a", "description": null, "dependencies": {"a": ["b"]},
            "xml": {"attribute": true}, "schema": {"nullable": true}, "in": "body", "collectionFormat": "csv"
        });
        self.data.push(value.clone());
        value
    }

    fn value(&mut self, holds: FieldType, depth: usize) -> Value {
        match holds {
            FieldType::Any => self.data(),
            FieldType::Text | FieldType::OperationRef => "text".into(),
            FieldType::SchemaNameOrRef => "A".into(),
            FieldType::Flag => self.random.bool().into(),
            FieldType::Number | FieldType::PositiveNumber | FieldType::Count => self.random.u8(1..9).into(),
            FieldType::Word(words) | FieldType::WordOrWords(words) => {
                (*self.random.choice(words).unwrap_or(&"")).into()
            }
            FieldType::SchemaOrBool if depth == 0 || self.random.u8(..10) == 0 => self.random.bool().into(),
            FieldType::SchemaOrBool => self.object(ObjectKind::Schema, depth),
            FieldType::One(kind) | FieldType::OneOrRef(kind) => self.object(kind, depth),
            FieldType::List(inner) => {
                let len = if depth == 0 { 0 } else { self.random.usize(..3) };
                (0..len).map(|_| self.value(*inner, depth.saturating_sub(1))).collect()
            }
            FieldType::Map(inner) => {
                let len = if depth == 0 { 0 } else { self.random.usize(..3) };
                // Keys that are keywords elsewhere.
                let keys = ["nullable", "example", "$defs", "x-nullable", "properties", "default"];
                (0..len)
                    .map(|index| {
                        (
                            keys[index * 2 + self.random.usize(..2)].to_owned(),
                            self.value(*inner, depth.saturating_sub(1)),
                        )
                    })
                    .collect()
            }
        }
    }

    fn object(&mut self, kind: ObjectKind, depth: usize) -> Value {
        let (mut object, version) = (Map::new(), self.version);
        for field in kind.fields().iter().filter(|field| field.versions.meet(version)) {
            let is_structure = kind == ObjectKind::Document || kind == ObjectKind::Components;
            let is_needed = field.required.meet(self.version) || is_structure;
            if field.name != "$ref" && (is_needed || depth > 0 && self.random.u8(..6) == 0) {
                object.insert(field.name.to_owned(), self.value(field.holds, depth.saturating_sub(1)));
            }
        }
        if let Some(holds) = kind.named_by_document() {
            for key in ["/a", "200", "default"].iter().filter(|_| depth > 0) {
                object.insert((*key).to_owned(), self.value(holds, depth - 1));
            }
        }
        // A webhook may have any name.
        if kind != ObjectKind::Webhooks && self.random.u8(..3) == 0 {
            let data = self.data();
            object.insert("x-own".to_owned(), data);
        }
        object.into()
    }
}

/// Collects the outermost values that have a `marker`.
fn marked<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) if members.contains_key("marker") => found.push(value),
        Value::Object(members) => members.values().for_each(|member| marked(member, found)),
        Value::Array(items) => items.iter().for_each(|item| marked(item, found)),
        _ => {}
    }
}

/// Data is never changed, and in OpenAPI 3 never removed; raising is idempotent.
#[test]
fn data_is_kept_and_raising_is_idempotent() {
    let versions = [("swagger", "2.0"), ("openapi", "3.0.3"), ("openapi", "3.1.0"), ("openapi", "3.2.0")];
    for seed in 0..400 {
        let (field, text) = versions[seed as usize % versions.len()];
        let version = Versions::of(&json!({ field: text }));
        let mut generator = Generator { random: Rng::with_seed(seed), version, data: Vec::new() };
        let mut document = generator.object(ObjectKind::Document, 9);
        document[field] = text.into();
        // This member may be data or webhooks, which the generator does not determine.
        document.as_object_mut().map(|root| root.shift_remove("x-webhooks"));
        let before = document.clone();
        raise(&mut document, &mut SourceMap::new(), &mut Diagnostics::new());
        let mut found = Vec::new();
        marked(&document, &mut found);
        for value in &found {
            let index = value["marker"].as_u64().map_or(usize::MAX, |index| index as usize);
            assert_eq!(Some(*value), generator.data.get(index), "seed {seed}: {before}");
        }
        if version != Versions::V2_0 {
            let markers = |document: &Value| {
                let mut found = Vec::new();
                marked(document, &mut found);
                found.iter().filter_map(|value| value["marker"].as_u64()).collect::<BTreeSet<_>>()
            };
            assert_eq!(markers(&document), markers(&before), "seed {seed}: {before}");
        }
        let again = document.clone();
        raise(&mut document, &mut SourceMap::new(), &mut Diagnostics::new());
        assert_eq!(document, again, "seed {seed}: {before}");
    }
}
