//! The keywords of a schema: JSON Schema 2020-12, those of OpenAPI, and those of older drafts and versions.

use super::FieldType::*;
use super::{Field, FieldType, ObjectKind, TYPES, Versions, may};

const V2_0: Versions = Versions::V2_0;
const TO_3_0: Versions = Versions::TO_3_0;
const SINCE_3_0: Versions = Versions::SINCE_3_0;
const SINCE_3_1: Versions = Versions::SINCE_3_1;

const SCHEMA_LIST: FieldType = List(&SchemaOrBool);
const SCHEMAS: FieldType = Map(&SchemaOrBool);

/// The keywords, most frequent first, because the table is searched linearly.
pub(super) const KEYWORDS: &[Field] = &[
    may("type", WordOrWords(TYPES)).only(SINCE_3_1),
    may("type", Word(&["array", "boolean", "integer", "number", "object", "string"])).only(Versions::V3_0),
    may("type", Word(&["array", "boolean", "file", "integer", "number", "object", "string"])).only(V2_0),
    may("$ref", Text),
    may("properties", SCHEMAS),
    may("description", Text),
    may("items", SchemaOrBool),
    may("required", List(&Text)),
    may("enum", List(&Any)),
    may("format", Text),
    may("nullable", Flag).only(Versions::V3_0),
    may("example", Any),
    may("readOnly", Flag),
    may("writeOnly", Flag).only(SINCE_3_0),
    may("deprecated", Flag).only(SINCE_3_0),
    may("default", Any),
    may("title", Text),
    may("allOf", SCHEMA_LIST),
    may("oneOf", SCHEMA_LIST).only(SINCE_3_0),
    may("anyOf", SCHEMA_LIST).only(SINCE_3_0),
    may("not", SchemaOrBool).only(SINCE_3_0),
    may("additionalProperties", SchemaOrBool),
    may("discriminator", One(ObjectKind::Discriminator)).only(SINCE_3_0),
    may("discriminator", Text).only(V2_0),
    may("pattern", Text),
    may("minLength", Count),
    may("maxLength", Count),
    may("minimum", Number),
    may("maximum", Number),
    may("exclusiveMinimum", Number).only(SINCE_3_1),
    may("exclusiveMinimum", Flag).only(TO_3_0),
    may("exclusiveMaximum", Number).only(SINCE_3_1),
    may("exclusiveMaximum", Flag).only(TO_3_0),
    may("multipleOf", PositiveNumber),
    may("minItems", Count),
    may("maxItems", Count),
    may("uniqueItems", Flag),
    may("minProperties", Count),
    may("maxProperties", Count),
    may("externalDocs", One(ObjectKind::ExternalDocs)),
    may("xml", One(ObjectKind::Xml)),
    may("const", Any).only(SINCE_3_1),
    may("examples", List(&Any)).only(SINCE_3_1),
    may("$defs", SCHEMAS).only(SINCE_3_1),
    may("prefixItems", SCHEMA_LIST).only(SINCE_3_1),
    may("patternProperties", SCHEMAS).only(SINCE_3_1),
    may("propertyNames", SchemaOrBool).only(SINCE_3_1),
    may("unevaluatedProperties", SchemaOrBool).only(SINCE_3_1),
    may("unevaluatedItems", SchemaOrBool).only(SINCE_3_1),
    may("contains", SchemaOrBool).only(SINCE_3_1),
    may("minContains", Count).only(SINCE_3_1),
    may("maxContains", Count).only(SINCE_3_1),
    may("if", SchemaOrBool).only(SINCE_3_1),
    may("then", SchemaOrBool).only(SINCE_3_1),
    may("else", SchemaOrBool).only(SINCE_3_1),
    may("dependentSchemas", SCHEMAS).only(SINCE_3_1),
    may("dependentRequired", Map(&List(&Text))).only(SINCE_3_1),
    may("contentEncoding", Text).only(SINCE_3_1),
    may("contentMediaType", Text).only(SINCE_3_1),
    may("contentSchema", SchemaOrBool).only(SINCE_3_1),
    may("$schema", Text).only(SINCE_3_1),
    may("$vocabulary", Map(&Flag)).only(SINCE_3_1),
    may("$id", Text).only(SINCE_3_1),
    may("$anchor", Text).only(SINCE_3_1),
    may("$dynamicAnchor", Text).only(SINCE_3_1),
    may("$dynamicRef", Text).only(SINCE_3_1),
    may("$comment", Text).only(SINCE_3_1),
    // Keywords of drafts 4 to 7, which some tools still write. Raising rewrites them.
    may("definitions", SCHEMAS).only(TO_3_1),
    may("dependencies", SCHEMAS).only(TO_3_1),
    may("additionalItems", SchemaOrBool).only(TO_3_1),
    may("collectionFormat", Text).only(V2_0),
];

const TO_3_1: Versions = Versions::TO_3_1;
