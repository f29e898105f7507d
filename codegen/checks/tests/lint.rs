//! The results of `lint`: each rule with a document that violates it and a similar one that does not, and the vendored
//! documents.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crm_clients_document::diagnostic::Diagnostics;
use crm_clients_document::{Input, Pipeline};
use crm_clients_review::Lint;
use crm_clients_review::lint::rules;
use support::golden;

/// A document without problems.
const PETS: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
security: [{key: []}]
paths:
  /pets/{pet_id}:
    get:
      operationId: getPet
      tags: [Pets]
      parameters: [{$ref: '#/components/parameters/pet_id'}]
      responses:
        '200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}
        '404': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/not_found'}}}}
    delete:
      operationId: deletePet
      tags: [Pets]
      parameters: [{$ref: '#/components/parameters/pet_id'}]
      responses:
        '204': {description: ''}
components:
  parameters:
    pet_id: {name: pet_id, in: path, required: true, schema: {type: integer}}
  schemas:
    pet:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        kind: {type: string, enum: [cat, dog], default: cat}
        names: {type: array, items: {type: string}}
        age: {type: [integer, 'null'], minimum: 0, maximum: 30, examples: [3]}
    not_found: {type: object, properties: {message: {type: string}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";

/// A replacement in the document that violates a rule, and one that nearly does.
struct Case {
    rule: &'static str,
    instead_of: &'static str,
    trips: &'static str,
    misses: &'static str,
}

const fn case(rule: &'static str, instead_of: &'static str, trips: &'static str, misses: &'static str) -> Case {
    Case { rule, instead_of, trips, misses }
}

/// Codes about features that OpenAPI 3.0, the client or the document's version does not support, which are not checked
/// here.
const PASSED_OVER: &[&str] = &[
    "lossy-lowering",
    "unsupported-keyword",
    "unserved-link",
    "unserved-parent",
    "unserved-parameter",
    "unsupported-security-scheme",
    "newer-field",
    "keyword-of-another-version",
    "no-operations",
];

/// A document of OpenAPI 3.0.
const THIRTY: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {}\nx-any: {required: []}\n";

const THIRTY_WITH_EMPTY_REQUIRED: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {/a: {post: {operationId: a, tags: [A], requestBody: {content: {application/json: {schema: {type: object, required: []}}}}, responses: {'204': {description: ''}}}}}\n";

const CASES: &[Case] = &[
    case("missing-field", "title: Pets, ", "", "title: '', "),
    case("missing-field", "'204': {description: ''}", "'204': {}", "'204': {description: Gone}"),
    case(
        "missing-alternative",
        "required: true, schema: {type: integer}}",
        "required: true}",
        "required: true, content: {text/plain: {schema: {type: integer}}}}",
    ),
    case(
        "exclusive-fields",
        "schema: {type: integer}}",
        "schema: {type: integer}, example: 1, examples: {one: {value: 1}}}",
        "schema: {type: integer}, examples: {one: {value: 1}}}",
    ),
    case(
        "misplaced-field",
        "required: true, schema",
        "required: true, allowReserved: true, schema",
        "required: true, explode: false, schema",
    ),
    case(
        "misplaced-field",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: apiKey, in: header, name: X-Key, scheme: bearer}",
        "key: {type: http, scheme: bearer, bearerFormat: JWT}",
    ),
    case(
        "invalid-name",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: apiKey, in: query, name: ''}",
        "key: {type: apiKey, in: query, name: k e y}",
    ),
    case(
        "duplicate-header",
        "'204': {description: ''}",
        "'204': {description: '', headers: {X-A: {schema: {type: string}}, x-a: {schema: {type: string}}}}",
        "'204': {description: '', headers: {X-A: {schema: {type: string}}, x-b: {schema: {type: string}}}}",
    ),
    case(
        "duplicate-operation-id",
        "components:\n",
        "webhooks: {gone: {post: {operationId: getPet, requestBody: {content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: ''}}}}}\ncomponents:\n",
        "webhooks: {gone: {post: {operationId: petGone, requestBody: {content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: ''}}}}}\ncomponents:\n",
    ),
    case(
        "invalid-component-name",
        "    not_found: {type: object, properties: {message: {type: string}}}",
        "    not_found: {type: object, properties: {message: {$ref: '#/components/schemas/a%20b'}}}\n    'a b': {type: string}",
        "    not_found: {type: object, properties: {message: {$ref: '#/components/schemas/a.b'}}}\n    'a.b': {type: string}",
    ),
    case(
        "invalid-name",
        "'204': {description: ''}",
        "'204': {description: '', headers: {'A B': {schema: {type: string}}}}",
        "'204': {description: '', headers: {'A!B': {schema: {type: string}}}}",
    ),
    case(
        "invalid-media-type",
        "'204': {description: ''}",
        "'204': {description: '', headers: {A: {content: {json: {schema: {type: string}}}}}}",
        "'204': {description: '', headers: {A: {content: {'text/plain; charset=utf-8': {schema: {type: string}}}}}}",
    ),
    case(
        "invalid-uri",
        "title: Pets,",
        "title: Pets, termsOfService: pets.example/terms,",
        "title: Pets, termsOfService: /terms,",
    ),
    case(
        "invalid-url",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: openIdConnect, openIdConnectUrl: pets.example/openid}",
        "key: {type: openIdConnect, openIdConnectUrl: /openid}",
    ),
    case(
        "undeclared-server-variable",
        "url: https://pets.example",
        "url: 'https://pets.example/{version}'",
        "url: 'https://pets.example/{version}', variables: {version: {default: v1}}",
    ),
    case(
        "unused-server-variable",
        "url: https://pets.example",
        "url: https://pets.example, variables: {version: {default: v1}}",
        "url: 'https://pets.example/{version}', variables: {version: {default: v1}}",
    ),
    case(
        "invalid-server-enum",
        "url: https://pets.example",
        "url: 'https://pets.example/{version}', variables: {version: {default: v1, enum: [v2]}}",
        "url: 'https://pets.example/{version}', variables: {version: {default: v1, enum: [v2, v1]}}",
    ),
    case(
        "duplicate-parameter",
        "parameters: [{$ref: '#/components/parameters/pet_id'}]",
        "parameters: [{$ref: '#/components/parameters/pet_id'}, {$ref: '#/components/parameters/pet_id'}]",
        "parameters: [{$ref: '#/components/parameters/pet_id'}, {name: pet_id, in: query, schema: {type: integer}}]",
    ),
    case(
        "conflicting-querystring",
        "parameters: [",
        "parameters: [{name: all, in: querystring, content: {application/json: {schema: {type: string}}}}, {name: one, in: query, schema: {type: string}}, ",
        "parameters: [{name: all, in: querystring, content: {application/json: {schema: {type: string}}}}, ",
    ),
    case(
        "several-media-types",
        "required: true, schema: {type: integer}}",
        "required: true, content: {text/plain: {schema: {type: integer}}, text/csv: {schema: {type: integer}}}}",
        "required: true, content: {text/plain: {schema: {type: integer}}}}",
    ),
    case(
        "unsuitable-style",
        "parameters: [",
        "parameters: [{name: many, in: query, style: deepObject, schema: {type: string}}, ",
        "parameters: [{name: many, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}, ",
    ),
    case(
        "unknown-encoding-property",
        "operationId: deletePet",
        "operationId: deletePet\n      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {a: {type: string}}}, encoding: {b: {contentType: text/plain}}}}}",
        "operationId: deletePet\n      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {a: {type: string}}}, encoding: {a: {contentType: text/plain}}}}}",
    ),
    case(
        "unknown-link-target",
        "'204': {description: ''}",
        "'204': {description: '', links: {next: {operationId: getpet}}}",
        "'204': {description: '', links: {next: {operationId: getPet}}}",
    ),
    case(
        "conflicting-operation",
        "    get:\n",
        "    additionalOperations: {PUT: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}}\n    get:\n",
        "    put: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}\n    get:\n",
    ),
    case("enum-type-mismatch", "enum: [cat, dog]", "enum: [cat, dog, 1]", "enum: [cat, dog, '1']"),
    case(
        "endless-schema",
        "    not_found: {type: object, properties: {message: {type: string}}}",
        "    not_found: {type: object, allOf: [{$ref: '#/components/schemas/not_found'}]}",
        "    not_found: {type: object, properties: {inner: {oneOf: [{type: string}, {$ref: '#/components/schemas/not_found'}]}}}",
    ),
    case(
        "unused-component",
        "    not_found: {type",
        // A component that only refers to itself is still unused.
        "    tree: {type: object, properties: {left: {$ref: '#/components/schemas/tree'}}}\n    not_found: {type",
        "    tree: {type: string}\n    not_found: {discriminator: {propertyName: message, mapping: {a: tree}}, required: [message], type",
    ),
    case(
        "unused-component",
        "  securitySchemes:",
        "  securitySchemes:\n    other: {type: http, scheme: bearer}",
        "  securitySchemes:",
    ),
    case("duplicate-operation-id", "operationId: deletePet", "operationId: getPet", "operationId: getpet"),
    case(
        "equivalent-paths",
        "paths:",
        "paths:\n  /pets/{id}: {put: {operationId: put, tags: [Pets], parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'204': {description: ''}}}}",
        "paths:\n  /pets/{id}/all: {put: {operationId: put, tags: [Pets], parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'204': {description: ''}}}}",
    ),
    case(
        "equivalent-paths",
        "paths:",
        "paths:\n  /a%62: {put: {operationId: one, tags: [Pets], responses: {'204': {description: ''}}}}\n  /ab: {put: {operationId: two, tags: [Pets], responses: {'204': {description: ''}}}}",
        "paths:\n  /a%63: {put: {operationId: one, tags: [Pets], responses: {'204': {description: ''}}}}\n  /ab: {put: {operationId: two, tags: [Pets], responses: {'204': {description: ''}}}}",
    ),
    case(
        "unknown-security-scheme",
        "security: [{key: []}]",
        "security: [{key: []}, {kee: []}]",
        "security: [{key: []}, {}]",
    ),
    case("insecure-server", "https://pets.example", "http://pets.example", "http://localhost:8080"),
    case("missing-operation-id", "      operationId: deletePet\n", "", "      operationId: ''\n"),
    case(
        "missing-tag",
        "operationId: deletePet\n      tags: [Pets]",
        "operationId: deletePet\n      tags: []",
        "operationId: deletePet\n      tags: [Others]",
    ),
    case(
        "body-on-get",
        "    get:",
        "    get:\n      requestBody: {content: {application/json: {schema: {type: string}}}}",
        "    put:\n      requestBody: {content: {application/json: {schema: {type: string}}}}",
    ),
    case("missing-success", "'204'", "'404'", "default"),
    case(
        "success-without-content",
        "'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}",
        "'200': {description: ''}\n        '206': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}",
        "'204': {description: ''}\n        '206': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}",
    ),
    case("mismatched-status", "'404':", "'403':", "4XX:"),
    case("mismatched-status", "'404':", "'422':", "default:"),
    case("nothing-required", "      required: [id]\n", "", "      allOf: [{type: object, required: [id]}]\n"),
    case(
        "media-type-without-schema",
        "'204': {description: ''}",
        "'202': {description: '', content: {text/plain: {}}}",
        "'202': {description: '', content: {text/plain: {schema: {type: string}}}}",
    ),
    case("number-id", "id: {type: integer}", "id: {type: number}", "paid: {type: number}\n        id: {type: integer}"),
    case(
        "number-id",
        "id: {type: integer}",
        "id: {type: integer}\n        owner_ids: {type: array, items: {type: [number, 'null']}}",
        "id: {type: [integer, string]}",
    ),
    case(
        "number-id",
        "required: true, schema: {type: integer}",
        "required: true, schema: {type: number}",
        "required: true, schema: {type: string}",
    ),
    case("unknown-required-property", "required: [id]", "required: [id, name]", "required: [id, kind]"),
    case(
        "unknown-required-property",
        "required: [id]",
        "required: [id, other]",
        "additionalProperties: true\n      required: [id, other]",
    ),
    case(
        "array-without-items",
        "names: {type: array, items: {type: string}}",
        "names: {type: array}",
        "names: {type: array, items: {}}",
    ),
    case("duplicate-enum-value", "enum: [cat, dog]", "enum: [cat, dog, cat]", "enum: [cat, dog, Cat]"),
    case(
        "impossible-limits",
        "minimum: 0, maximum: 30, examples: [3]",
        "minimum: 0, maximum: -1",
        "minimum: 0, maximum: 0",
    ),
    case("mismatched-default", "default: cat", "default: cow", "default: dog"),
    case("mismatched-example", "examples: [3]", "examples: [31]", "examples: [3, null]"),
    case(
        "mismatched-example",
        "schema: {$ref: '#/components/schemas/pet'}",
        "schema: {$ref: '#/components/schemas/pet'}, example: {kind: cat}",
        "schema: {$ref: '#/components/schemas/pet'}, example: {id: 1, unknown: 1}",
    ),
    case(
        "mismatched-example",
        "required: true, schema: {type: integer}",
        "required: true, schema: {type: integer, maximum: 1}, examples: {one: {value: 2}}",
        "required: true, schema: {type: integer, maximum: 1}, examples: {one: {value: 1}}",
    ),
    case("unsupported-keyword", "minimum: 0,", "minimum: 0, not: {const: 7},", "minimum: 0, not: false,"),
    case("unsupported-keyword", "minimum: 0,", "minimum: 0, not: {const: 7},", "minimum: 0, not: {},"),
    case("unsupported-keyword", "minimum: 0,", "minimum: 0, if: {const: 7},", "minimum: 0, x-other: {if: {const: 7}},"),
    // Diagnostics of the passes.
    case(
        "body-on-bodyless-status",
        "'204': {description: ''}",
        "'204': {description: '', content: {text/plain: {schema: {type: string}}}}",
        "'204': {description: '', content: {}}",
    ),
    case(
        "duplicate-parameter",
        "[{$ref: '#/components/parameters/pet_id'}]",
        "[{$ref: '#/components/parameters/pet_id'}, {$ref: '#/components/parameters/pet_id'}]",
        "[{$ref: '#/components/parameters/pet_id'}, {name: pet_id, in: query, schema: {type: string}}]",
    ),
    case(
        "undeclared-path-parameter",
        "      tags: [Pets]\n      parameters: [{$ref: '#/components/parameters/pet_id'}]\n      responses:\n        '204'",
        "      tags: [Pets]\n      responses:\n        '204'",
        "      tags: [Pets]\n      parameters: [{$ref: '#/components/parameters/pet_id'}]\n      responses:\n        '204'",
    ),
    case("enum-type-mismatch", "enum: [cat, dog], default: cat", "enum: [1, 2]", "enum: ['1', '2']"),
    case(
        "unknown-key",
        "operationId: deletePet",
        "operationId: deletePet\n      depracated: true",
        "operationId: deletePet\n      deprecated: true",
    ),
    case(
        "newer-field",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}",
        "openapi: 3.0.3\ninfo: {title: Pets, summary: All, version: '1'}",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}",
    ),
    case(
        "keyword-of-another-version",
        "kind: {type: string,",
        "kind: {type: string, nullable: true,",
        "kind: {type: string, minLength: 3,",
    ),
    case(
        "invalid-email",
        "title: Pets, ",
        "title: Pets, contact: {email: nobody}, ",
        "title: Pets, contact: {email: nobody@pets.example}, ",
    ),
    case(
        "invalid-server-url",
        "url: https://pets.example",
        "url: 'https://pets.example?a=b'",
        "url: 'https://pets.example/a/b'",
    ),
    case("invalid-path-template", "  /pets/{pet_id}:\n", "  /pets/{pet_id}/{pet_id}:\n", "  /pets/{pet_id}/pet_id:\n"),
    case(
        "nested-value",
        "parameters: [",
        "parameters: [{name: many, in: query, schema: {type: array, items: {type: array, items: {type: string}}}}, ",
        "parameters: [{name: many, in: query, schema: {type: array, items: {type: string}}}, ",
    ),
    case(
        "unused-encoding",
        "operationId: deletePet",
        "operationId: deletePet\n      requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}, encoding: {a: {explode: true}}}}}",
        "operationId: deletePet\n      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}, encoding: {a: {explode: true}}}}}",
    ),
    case(
        "ignored-header-parameter",
        "parameters: [",
        "parameters: [{name: Accept, in: header, schema: {type: string}}, ",
        "parameters: [{name: Accept-Language, in: header, schema: {type: string}}, ",
    ),
    case(
        "unknown-link-parameter",
        "'204': {description: ''}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {pet: 1}}}}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {path.pet_id: 1}}}}",
    ),
    case(
        "invalid-expression",
        "'204': {description: ''}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {pet_id: $response.bdy}}}}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {pet_id: $response.body#/id}}}}",
    ),
    case(
        "unexpected-scopes",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example}]\nsecurity: [{key: []}]",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example}]\nsecurity: [{key: [read]}]",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example}]\nsecurity: [{key: []}]",
    ),
    case(
        "unknown-scope",
        "",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nsecurity: [{key: [write]}]\npaths: {}\ncomponents: {securitySchemes: {key: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {read: ''}}}}}}\n",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nsecurity: [{key: [read]}]\npaths: {}\ncomponents: {securitySchemes: {key: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {read: ''}}}}}}\n",
    ),
    case("empty-required", "", THIRTY_WITH_EMPTY_REQUIRED, THIRTY),
    case(
        "read-and-write-only",
        "names: {type: array,",
        "names: {type: array, readOnly: true, writeOnly: true,",
        "names: {type: array, readOnly: true, writeOnly: false,",
    ),
    case("duplicate-tag", "paths:\n", "tags: [{name: Pets}, {name: Pets}]\npaths:\n", "tags: [{name: Pets}]\npaths:\n"),
    case(
        "unknown-tag-parent",
        "openapi: 3.1.0\n",
        "openapi: 3.2.0\ntags: [{name: Pets, parent: Animals}]\n",
        "openapi: 3.2.0\ntags: [{name: Pets, parent: Animals}, {name: Animals}]\n",
    ),
    case("empty-enum", "enum: [cat, dog], default: cat", "enum: []", "enum: [cat]"),
    case(
        "invalid-pattern",
        "id: {type: integer}",
        "id: {type: string, pattern: '[a-'}",
        "id: {type: string, pattern: '[\\-a-z]'}",
    ),
    case(
        "invalid-pattern",
        "id: {type: integer}",
        "id: {patternProperties: {'(a': {}}}",
        "id: {patternProperties: {'(a)': {}}}",
    ),
    case(
        "duplicate-type",
        "type: [integer, 'null']",
        "type: [integer, 'null', integer]",
        "type: [integer, number, 'null']",
    ),
    case(
        "duplicate-server-name",
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example}]",
        "openapi: 3.2.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example, name: a}, {url: https://b.example, name: a}]",
        "openapi: 3.2.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: https://pets.example, name: a}, {url: https://b.example, name: b}]",
    ),
    case("invalid-limit", "minimum: 0,", "multipleOf: 0,", "multipleOf: 1,"),
    case("duplicate-required", "required: [id]", "required: [id, id]", "required: [id, kind]"),
    case(
        "undeclared-discriminator",
        "    not_found: {type: object, properties: {message: {type: string}}}",
        "    not_found: {oneOf: [{type: object, properties: {message: {type: string}}}], discriminator: {propertyName: kind}}",
        "    not_found: {oneOf: [{type: object, required: [kind], properties: {kind: {type: string}}}], discriminator: {propertyName: kind}}",
    ),
    case("example-type-mismatch", "examples: [3]", "examples: [three]", "examples: [4]"),
    case(
        "mismatched-default",
        "id: {type: integer}",
        "id: {type: integer, default: 1.5}",
        "id: {type: integer, default: 9223372036854776000}",
    ),
    case(
        "undeclared-security-schemes",
        "  securitySchemes:\n    key: {type: apiKey, in: header, name: X-Key}\n",
        "",
        "  securitySchemes:\n    key: {type: apiKey, in: header, name: X-Key}\n",
    ),
    case(
        "missing-field",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: oauth2, flows: {implicit: {scopes: {}}}}",
        "key: {type: oauth2, flows: {implicit: {authorizationUrl: /login, scopes: {}}}}",
    ),
    case(
        "missing-alternative",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: oauth2, flows: {x-none: 1}}",
        "key: {type: oauth2, flows: {password: {tokenUrl: /token, scopes: {}}}}",
    ),
    case(
        "missing-alternative",
        "operationId: deletePet",
        "operationId: deletePet\n      requestBody: {content: {multipart/mixed: {schema: {type: object}, itemEncoding: {}}}}",
        "operationId: deletePet\n      requestBody: {content: {multipart/mixed: {itemSchema: {type: string}, itemEncoding: {}}}}",
    ),
    case(
        "misplaced-field",
        "names: {type: array, items: {type: string}}",
        "names: {type: array, items: {type: string, xml: {wrapped: true}}}",
        "names: {type: array, items: {type: string}, xml: {wrapped: true}}",
    ),
    case(
        "invalid-component-name",
        "'204': {description: ''}",
        "'204': {description: '', links: {'next pet': {operationId: getPet}}}",
        "'204': {description: '', links: {next-pet: {operationId: getPet}}}",
    ),
    case(
        "invalid-uri",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\njsonSchemaDialect: dialects/own\n",
        "openapi: 3.1.0\njsonSchemaDialect: https://pets.example/dialect\n",
    ),
    case(
        "invalid-uri",
        "names: {type: array,",
        "names: {xml: {namespace: pets}, type: array,",
        "names: {xml: {namespace: 'urn:pets'}, type: array,",
    ),
    case(
        "invalid-uri",
        "schema: {type: integer}}",
        "schema: {type: integer}, examples: {one: {externalValue: 'a b'}}}",
        "schema: {type: integer}, examples: {one: {externalValue: ./one.json}}}",
    ),
    case(
        "invalid-uri",
        "    not_found: {type",
        "    not_found: {$id: 'https://pets.example/a#b', type",
        "    not_found: {$id: 'https://pets.example/a', type",
    ),
    case("invalid-status-range", "'404':", "4xx:", "4XX:"),
    case(
        "unsuitable-style",
        "parameters: [",
        "parameters: [{name: many, in: query, style: deepObject, schema: {anyOf: [{type: string}, {type: object}]}}, ",
        "parameters: [{name: many, in: query, style: deepObject, schema: {allOf: [{type: object}, {properties: {a: {type: string}}}]}}, ",
    ),
    case(
        "unsuitable-style",
        "parameters: [",
        "parameters: [{name: many, in: query, style: pipeDelimited, schema: {type: [array, string], items: {type: string}}}, ",
        "parameters: [{name: many, in: query, style: pipeDelimited, schema: {type: [array, 'null'], items: {type: string}}}, ",
    ),
    case(
        "conflicting-operation",
        "    get:\n",
        "    additionalOperations: {put: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}}\n    get:\n",
        "    additionalOperations: {COPY: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}}\n    get:\n",
    ),
    case(
        "lower-case-method",
        "    get:\n",
        "    additionalOperations: {copy: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}}\n    get:\n",
        "    additionalOperations: {COPY: {operationId: put, tags: [Pets], parameters: [{$ref: '#/components/parameters/pet_id'}], responses: {'204': {description: ''}}}}\n    get:\n",
    ),
    case(
        "newer-field",
        "",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\nsecurity: [{key: []}]\npaths: {}\ncomponents: {securitySchemes: {key: {type: mutualTLS}}}\n",
        "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\nsecurity: [{key: []}]\npaths: {}\ncomponents: {securitySchemes: {key: {type: http, scheme: basic}}}\n",
    ),
    case(
        "unused-encoding",
        "operationId: deletePet",
        "operationId: deletePet\n      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}, encoding: {a: {headers: {X-A: {schema: {type: string}}}}}}}}",
        "operationId: deletePet\n      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {a: {type: string}}}, encoding: {a: {style: form}}}}}",
    ),
    case(
        "ignored-header-parameter",
        "'204': {description: ''}",
        "'204': {description: '', headers: {Content-Type: {schema: {type: string}}}}",
        "'204': {description: '', headers: {Content-Language: {schema: {type: string}}}}",
    ),
    case(
        "unknown-link-target",
        "'204': {description: ''}",
        "'204': {description: '', links: {next: {operationRef: '#/components/schemas/pet'}}}",
        "'204': {description: '', links: {next: {operationRef: '#/paths/~1pets~1{pet_id}/get'}}}",
    ),
    case(
        "invalid-expression",
        "'204': {description: ''}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {pet_id: $request.path.id}}}}",
        "'204': {description: '', links: {pet: {operationId: getPet, parameters: {pet_id: $request.path.pet_id}}}}",
    ),
    case(
        "empty-list",
        "names: {type: array,",
        "names: {allOf: [], type: array,",
        "names: {allOf: [true], type: array,",
    ),
    case(
        "invalid-anchor",
        "names: {type: array,",
        "names: {$anchor: '1st', type: array,",
        "names: {$anchor: first.1, type: array,",
    ),
    case(
        "optional-discriminator",
        "    not_found: {type: object, properties: {message: {type: string}}}",
        "    not_found: {oneOf: [{type: object, properties: {kind: {type: string}}}], discriminator: {propertyName: kind}}",
        "    not_found: {oneOf: [{type: object, allOf: [{required: [kind]}], properties: {kind: {type: string}}}], discriminator: {propertyName: kind}}",
    ),
    case(
        "insecure-server",
        "key: {type: apiKey, in: header, name: X-Key}",
        "key: {type: oauth2, flows: {password: {tokenUrl: http://pets.example/token, scopes: {}}}}",
        "key: {type: oauth2, flows: {password: {tokenUrl: http://localhost/token, scopes: {}}}}",
    ),
    case("lossy-lowering", "names: {", "names: {contains: {type: string}, ", "names: {minItems: 1, "),
];

/// Returns the findings in a document.
fn lint(document: &str) -> Diagnostics {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut walk = Pipeline::new();
    let linted = walk.lint(&Input { document: "pets.yaml", read: &read, overlays: &[] });
    assert!(linted.is_some(), "{}", walk.report(false));
    walk.diagnostics
}

fn codes(document: &str) -> Vec<&'static str> {
    lint(document).iter().map(|found| found.code).collect()
}

#[test]
fn rules_find_violations_and_no_near_misses() {
    assert!(lint(PETS).is_empty(), "{:#?}", lint(PETS));
    let mut wrong = Vec::new();
    for Case { rule, instead_of, trips, misses } in CASES {
        assert!(PETS.contains(instead_of), "{instead_of}");
        // Without a text to replace, the case is a whole document.
        let document = |text: &str| match instead_of.is_empty() {
            true => text.to_owned(),
            false => PETS.replacen(instead_of, text, 1),
        };
        let (tripped, missed) = (codes(&document(trips)), codes(&document(misses)));
        let [tripped, missed] = [tripped, missed].map(|codes| {
            codes.into_iter().filter(|code| *code == *rule || !PASSED_OVER.contains(code)).collect::<Vec<_>>()
        });
        if tripped != [*rule] || !missed.is_empty() {
            wrong.push(format!("{rule}: `{trips}` trips {tripped:?}, `{misses}` {missed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for rule in rules() {
        assert!(CASES.iter().any(|case| case.rule == rule.id), "no document violates `{}`", rule.id);
    }
}

#[test]
fn readme_lists_the_rules() -> std::io::Result<()> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"))?;
    for rule in rules() {
        let row = format!("| `{}` | {} | {} | {} |", rule.id, rule.severity_name(), rule.sentence, rule.remedy);
        assert!(readme.contains(&row), "the README has no row {row}");
    }
    Ok(())
}

#[test]
fn findings_have_a_location_and_a_message() {
    let found = lint(&PETS.replace("required: [id]", "required: [id, name]"));
    let found: Vec<_> = found.iter().map(|found| (found.pointer.as_str(), found.message.as_str())).collect();
    let message = "required property `name` is not declared; did you mean `names`?";
    assert_eq!(found, [("/components/schemas/pet/required/1", message)]);
}

/// Two operations return this response, one of them with a different status.
#[test]
fn shared_responses_are_reported_once() {
    let own = "{description: '', content: {application/json: {schema: {$ref: '#/components/schemas/not_found'}}}}";
    let shared = PETS
        .replace(&format!("'404': {own}"), "'404': {$ref: '#/components/responses/error'}")
        .replace("        '204':", "        '403': {$ref: '#/components/responses/error'}\n        '204':")
        .replace("  schemas:", &format!("  responses:\n    error: {own}\n  schemas:"));
    let found = lint(&shared);
    let found: Vec<_> = found.iter().map(|found| (found.pointer.as_str(), found.message.as_str())).collect();
    let place = "/components/responses/error/content/application~1json/schema/$ref";
    assert_eq!(found, [(place, "status 403 refers to `not_found`, which is named after 404")]);
}

#[test]
fn missing_operation_ids_are_reported_once() {
    let bare: String = PETS.split_inclusive('\n').filter(|line| !line.contains("operationId")).collect();
    let messages: Vec<_> = lint(&bare).into_iter().map(|found| found.message).collect();
    assert_eq!(messages, ["none of the 2 operations has an `operationId`"]);
}

/// The number of paths in a schema that is composed of itself twice is exponential.
#[test]
fn recursive_schemas_terminate() {
    let circle = "{allOf: [{$ref: '#/components/schemas/pet'}, {$ref: '#/components/schemas/pet'}], example: 1}";
    let document = PETS.replace("    pet:\n", &format!("    pet: {circle}\n    other:\n"));
    assert_eq!(codes(&document), ["endless-schema", "unused-component"], "`other` is unused");
}

/// A cycle is reported once, at its first component, and schemas that refer to it are not reported.
#[test]
fn a_cycle_of_schemas_is_reported_once() {
    let parent = "{oneOf: [{$ref: '#/components/schemas/cat'}, {$ref: '#/components/schemas/dog'}]}";
    let child = "{allOf: [{$ref: '#/components/schemas/animal'}]}";
    let finite = "{oneOf: [{$ref: '#/components/schemas/either'}, {type: string}]}";
    let added = format!(
        "  schemas:\n    either: {finite}\n    house: {child}\n    animal: {parent}\n    cat: {child}\n    dog: {child}\n"
    );
    let found = lint(&PETS.replace("  schemas:\n", &added));
    let endless = found.iter().filter(|found| found.code == "endless-schema");
    let messages: Vec<_> = endless.map(|found| found.message.as_str()).collect();
    assert_eq!(messages, ["`animal` requires `cat`, which requires `animal`: no value is valid"]);
}

/// The findings without line numbers, which every change of an overlay moves, and the number of findings by code
/// without the overlay.
#[test]
fn vendored_documents_have_known_findings() -> std::io::Result<()> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    for (api, file) in [("chatwoot", "openapi.json"), ("contactship", "openapi.yaml"), ("kajabi", "openapi.yaml")] {
        let read = |path: &str| fs::read(specs.join(api).join(path));
        let overlay = read("overlay.yaml")?;
        let mut walk = Pipeline::new();
        let linted = walk.lint(&Input { document: file, read: &read, overlays: &[("overlay.yaml", &overlay)] });
        assert!(linted.is_some(), "{}", walk.report(false));
        let mut text = String::new();
        for found in walk.diagnostics.iter() {
            let (severity, code) = (found.severity.name(), found.code);
            _ = writeln!(text, "{severity}[{code}] at #{}: {}", found.pointer, found.message);
        }
        let mut walk = Pipeline::new();
        assert!(walk.lint(&Input { document: file, read: &read, overlays: &[] }).is_some());
        let mut counts = BTreeMap::new();
        walk.diagnostics.iter().for_each(|found| *counts.entry(found.code).or_insert(0) += 1);
        text.push_str("\nwithout the overlay\n");
        counts.iter().for_each(|(code, count)| _ = writeln!(text, "{count:>4} {code}"));
        golden(format!("lint/{api}.txt"), &text);
    }
    Ok(())
}

/// The rules see documents of Swagger 2.0 after raising, which reports what OpenAPI 3 can no longer show.
#[test]
fn violations_of_swagger_are_errors() {
    let file = "{name: f, in: formData, type: file, required: true}";
    let path_body = "parameters: [{name: a, in: body, schema: {type: string}}]";
    let responses = "responses: {'200': {description: '', schema: {type: string}}}";
    for (code, item) in [
        ("newer-field", format!("get: {{parameters: [{{name: a, in: cookie, type: string}}], {responses}}}")),
        (
            "keyword-of-another-version",
            "get: {responses: {'200': {description: '', schema: {anyOf: [{type: string}]}}}}".to_owned(),
        ),
        (
            "body-and-form",
            format!("{path_body}, post: {{parameters: [{{name: b, in: formData, type: string}}], {responses}}}"),
        ),
        (
            "duplicate-parameter",
            format!("{path_body}, post: {{parameters: [{{name: b, in: body, schema: {{}}}}], {responses}}}"),
        ),
        ("unsuitable-media-type", format!("post: {{parameters: [{file}], {responses}}}")),
        ("wrong-type", format!("get: {{parameters: [{{name: a, in: header, type: file}}], {responses}}}")),
        ("invalid-status", "get: {responses: {'888': {description: ''}}}".to_owned()),
        ("newer-field", "get: {responses: {4XX: {description: ''}}}".to_owned()),
        ("missing-key", format!("post: {{parameters: [{{name: a, in: body}}], {responses}}}")),
    ] {
        let document = format!("swagger: '2.0'\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{{item}}}}}\n");
        let errors: Vec<_> = lint(&document).into_iter().filter(|found| found.severity.name() == "error").collect();
        assert!(errors.iter().all(|found| found.code == code) && !errors.is_empty(), "{code}: {errors:#?}");
    }
    let overridden = format!("{path_body}, post: {{parameters: [{{name: a, in: body, schema: {{}}}}], {responses}}}");
    let consumed = format!("put: {{consumes: [multipart/form-data], parameters: [{file}], {responses}}}");
    let document = format!(
        "swagger: '2.0'\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{{overridden}}}, /b: {{{consumed}}}}}\n"
    );
    assert!(lint(&document).iter().all(|found| found.severity.name() != "error"), "{:#?}", lint(&document));
}

/// The fields of a whole document of Swagger 2.0.
#[test]
fn fields_of_swagger_are_checked() {
    for (expected, fields) in [
        ("missing-key /info", "info: {title: T}"),
        ("missing-key ", "basePath: /v1"),
        ("invalid-url /host", "info: {title: T, version: '1'}\nhost: https://a.example/v1"),
        ("invalid-url /basePath", "info: {title: T, version: '1'}\nbasePath: v1"),
        (
            "newer-field /securityDefinitions/key/in",
            "info: {title: T, version: '1'}\nsecurityDefinitions: {key: {type: apiKey, in: cookie, name: k}}\nsecurity: [{key: []}]",
        ),
        (
            "missing-key /securityDefinitions/key",
            "info: {title: T, version: '1'}\nsecurityDefinitions: {key: {type: oauth2, flow: implicit, scopes: {}}}\nsecurity: [{key: []}]",
        ),
        (
            "missing-key /securityDefinitions/key",
            "info: {title: T, version: '1'}\nsecurityDefinitions: {key: {type: oauth2, flow: password, scopes: {}}}\nsecurity: [{key: []}]",
        ),
    ] {
        let document = format!(
            "swagger: '2.0'\n{fields}\npaths: {{/a: {{get: {{responses: {{'204': {{description: ''}}}}}}}}}}\n"
        );
        let errors: Vec<_> = lint(&document)
            .into_iter()
            .filter(|found| found.severity.name() == "error")
            .map(|found| format!("{} {}", found.code, found.pointer))
            .collect();
        assert_eq!(errors, [expected], "{fields}");
    }
}

/// Many documents require an undeclared scheme for every operation.
#[test]
fn unknown_schemes_are_reported_once() {
    let document = PETS.replace("      tags: [Pets]\n", "      tags: [Pets]\n      security: [{kee: []}]\n");
    let found = lint(&document);
    let found: Vec<_> = found.iter().map(|found| (found.pointer.as_str(), found.message.as_str())).collect();
    let message = "security scheme `kee` is not declared; another requirement names it as well";
    assert_eq!(found, [("/paths/~1pets~1{pet_id}/get/security/0/kee", message)]);
}
