//! Pairs of small documents, and the changes between them for callers of the client.

#[path = "support/pair.rs"]
mod pair;

use std::collections::BTreeSet;

use crm_clients_review::diff::{self, Change, rules};
use pair::{Which, client, document};

fn lines(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| format!("{} {} {}", change.severity.word(), change.rule.id, change.subject)).collect()
}

/// Compares the pair in both directions. Returns the rules that applied, or the unexpected result.
fn check(name: &str, text: &str, expected: &[&str]) -> Result<Vec<&'static str>, String> {
    let (old, new) = (client(&document(text, Which::Old))?, client(&document(text, Which::New))?);
    let changes = diff::rust(&old, &new, &[]);
    let back = diff::rust(&new, &old, &[]);
    if lines(&changes) != expected {
        return Err(format!("{name}: {:#?}", lines(&changes)));
    }
    let mut mirrored: Vec<&str> = changes.iter().map(|change| change.rule.mirror).collect();
    let mut ids: Vec<&str> = back.iter().map(|change| change.rule.id).collect();
    mirrored.sort_unstable();
    ids.sort_unstable();
    if ids != mirrored {
        return Err(format!("{name}, swapped: {:#?}", lines(&back)));
    }
    for api in [&old, &new] {
        if !diff::rust(api, api, &[]).is_empty() {
            return Err(format!("{name}: a client differs from itself: {:#?}", lines(&diff::rust(api, api, &[]))));
        }
    }
    let fingerprints: BTreeSet<&str> = changes.iter().map(|change| change.fingerprint.as_str()).collect();
    if fingerprints.len() < changes.len() {
        return Err(format!("{name}: changes share a fingerprint: {changes:#?}"));
    }
    Ok(changes.iter().chain(&back).map(|change| change.rule.id).collect())
}

/// Returns a document that sends the component `pet` in a request.
fn sent(schema: &str) -> String {
    format!("paths: {{/pets: {{post: {{tags: [Pets], $takes, $done}}}}}}\ncomponents: {{schemas: {{pet: {schema}}}}}")
}

/// Returns a document that receives the component `pet` in a response.
fn received(schema: &str) -> String {
    format!("paths: {{/pets: {{get: {{tags: [Pets], $gives}}}}}}\ncomponents: {{schemas: {{pet: {schema}}}}}")
}

/// Returns a document with two components, the second of which is this one.
fn twin(animal: &str) -> String {
    format!(
        "paths: {{/pets: {{get: {{tags: [Pets], $gives}}, post: {{tags: [Pets], responses: {{'200': {{description: '', content: {{application/json: {{schema: {{$ref: '#/components/schemas/animal'}}}}}}}}}}}}}}}}\ncomponents: {{schemas: {{pet: {{type: object, properties: {{a: {{type: string}}}}}}, animal: {{{animal}}}}}}}"
    )
}

fn methods() -> Vec<(&'static str, String, &'static [&'static str])> {
    let parameter =
        |fields: &str| format!("paths: {{/pets: {{get: {{tags: [Pets], parameters: [{fields}], $done}}}}}}");
    vec![
        (
            "a renamed method",
            "paths: {/pets: {get: {tags: [Pets], x-rust-name: <all|index>, $done}}}".to_owned(),
            &["breaking rust-method-renamed c::pets::Pets::all"],
        ),
        (
            "an `operationId` that changes the name",
            "paths: {/pets: {get: {tags: [Pets], $done}, post: {tags: [Pets], $done}}, /pets/run: {post: {tags: [Pets], operationId: <start|stop>, $done}}}".to_owned(),
            &["breaking rust-method-renamed c::pets::Pets::start"],
        ),
        (
            "a method moved to an existing resource",
            "paths: {/a: {get: {tags: [A], $done}}, /b: {get: {tags: [B], $done}}, /c/d: {get: {tags: [<A|B>], x-rust-name: go, $done}}}".to_owned(),
            &["breaking rust-method-moved c::a::A::go"],
        ),
        (
            "a method is removed and another one added",
            "paths: {/a: {get: {tags: [A], $done}}, /a/<x|y>: {post: {tags: [A], $done}}}".to_owned(),
            &["breaking rust-method-removed c::a::A::x", "info rust-method-added c::a::A::y"],
        ),
        (
            "a method calls a different path",
            "paths: {/a: {get: {tags: [A], $done}}, /<v1|v2>/x: {post: {tags: [A], x-rust-name: go, $done}}}".to_owned(),
            &["warning rust-method-redirected c::a::A::go"],
        ),
        (
            "a renamed resource",
            "paths: {/a: {get: {tags: [<Cats|Pets>], $done}}, /b: {get: {tags: [<Cats|Pets>], $done}}}".to_owned(),
            &["breaking rust-resource-renamed c::cats::Cats"],
        ),
        (
            "a resource is removed and another one added",
            "paths: {/<a|b>: {get: {tags: [<A|B>], x-rust-name: <list|find>, $done}}}".to_owned(),
            &["breaking rust-resource-removed c::a::A", "info rust-resource-added c::b::B"],
        ),
        (
            "renamed path parameters are not a change",
            "paths: {'/a/{<id|key>}': {get: {tags: [A], parameters: [{name: <id|key>, in: path, required: true, schema: {type: string}}], $done}}}".to_owned(),
            &[],
        ),
        (
            "another resource below the same path shares a handle",
            "paths: {'/a/{id}/x': {get: {tags: [X], parameters: [{name: id, in: path, required: true, schema: {type: string}}], $done}}, '/<b|a>/{id}/y': {get: {tags: [Y], parameters: [{name: id, in: path, required: true, schema: {type: string}}], $done}}}".to_owned(),
            &[
                "breaking rust-handle-changed c::x::X",
                "breaking rust-handle-changed c::y::Y",
                "warning rust-method-redirected c::y::Y::get",
            ],
        ),
        (
            "a new operation elsewhere takes the argument from the handle",
            "paths: {'/a/{id}/x': {get: {tags: [A], parameters: [{name: id, in: path, required: true, schema: {type: string}}], $done}}, /b/x: {get: {tags: [<B|A>], x-rust-name: other, $done}}}".to_owned(),
            &[
                "breaking rust-handle-changed c::a::A",
                "breaking rust-resource-removed c::b::B",
                "breaking rust-method-moved c::b::B::other",
            ],
        ),
        (
            "a method is deprecated and retried",
            "paths: {/a: {post: {tags: [A], deprecated: <false|true>, x-idempotent: <false|true>, $done}}}".to_owned(),
            &["info rust-method-deprecated c::a::A::create", "warning rust-retries-added c::a::A::create"],
        ),
        (
            "a call gets an idempotency key, and its header changes",
            "paths: {/a: {post: {tags: [A], x-idempotent: <true|{key: Idempotency-Key}>, $done}, put: {tags: [A], x-idempotent: {key: <idempotency-key|X-Key>}, $done}}}".to_owned(),
            &[
                "warning rust-idempotency-key-added c::a::A::create",
                "warning rust-idempotency-key-changed c::a::A::update",
            ],
        ),
        (
            "the case of a key's header is not a change",
            "paths: {/a: {post: {tags: [A], x-idempotent: {key: <idempotency-key|Idempotency-Key>}, $done}}}".to_owned(),
            &[],
        ),
        (
            "the rate limits of the client and of calls change",
            "x-rate-limit: {requests: 100, seconds: <60|1>}\npaths: {/a: {get: {tags: [A], <|x-rate-limit: {requests: 1, seconds: 60},> $done}, post: {tags: [A], x-rate-limit: {requests: 1, seconds: 60, group: <one|two>}, $done}, put: {tags: [A], x-rate-limit: {requests: 1, seconds: 60, group: one}, $done}}}".to_owned(),
            &[
                "warning rust-rate-limit-changed c::a::A::create",
                "warning rust-rate-limit-changed c::a::A::get",
                "warning rust-rate-limit-changed c::a::A::update",
                "warning rust-rate-limit-changed c::Builder",
            ],
        ),
        (
            "the limit of a method that moves is the same",
            "paths: {/<a|b>: {get: {tags: [A], operationId: x, x-rate-limit: {requests: 1, seconds: 60}, $done}}}".to_owned(),
            &["warning rust-method-redirected c::a::A::get"],
        ),
        (
            "methods require a cargo feature",
            "paths: {/a: {get: {tags: [A], <|x-rust-feature: beta,> $done}, post: {tags: [A], x-rust-feature: <one|two>, $done}}}".to_owned(),
            &["breaking rust-feature-changed c::a::A::create", "breaking rust-feature-required c::a::A::get"],
        ),
        (
            "an argument is added",
            parameter("<|{name: q, in: query, required: true, schema: {type: string}}>"),
            &["breaking rust-argument-added c::pets::Pets::list"],
        ),
        (
            "adding the first setter is not breaking",
            parameter("<|{name: q, in: query, schema: {type: string}}>"),
            &["info rust-setter-added c::pets::Pets::list"],
        ),
        (
            "a setter is deprecated and its type changes",
            parameter("{name: q, in: query, deprecated: <false|true>, schema: {type: <string|integer>}}"),
            &[
                "info rust-setter-deprecated c::pets::Pets::list",
                "breaking rust-argument-type-changed c::pets::Pets::list",
            ],
        ),
        (
            "a renamed setter",
            parameter("{name: q, in: query, x-rust-name: <find|query>, schema: {type: string}}"),
            &["breaking rust-setter-renamed c::pets::Pets::list"],
        ),
        (
            "argument names are not part of the interface",
            parameter("{name: q, in: query, required: true, x-rust-name: <find|query>, schema: {type: string}}"),
            &[],
        ),
        (
            "an optional argument becomes required",
            parameter("{name: a, in: query, schema: {type: string}}, {name: q, in: query, required: <false|true>, schema: {type: string}}"),
            &["breaking rust-argument-became-required c::pets::Pets::list"],
        ),
        (
            "an argument moves to a header",
            parameter("{name: <q|X-Q>, x-rust-name: q, in: <query|header>, required: true, schema: {type: string}}"),
            &["warning rust-argument-goes-elsewhere c::pets::Pets::list"],
        ),
        (
            "arguments are reordered",
            parameter(
                "<{name: b, in: query, required: true, schema: {type: string}},|> {name: a, in: query, required: true, schema: {type: string}}, <|{name: b, in: query, required: true, schema: {type: string}}>",
            ),
            &["breaking rust-arguments-reordered c::pets::Pets::list"],
        ),
        (
            "a body becomes required",
            "paths: {/a: {post: {tags: [A], <$may_take|$takes>, parameters: [{name: q, in: query, schema: {type: string}}], $done}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-argument-became-required c::a::A::create"],
        ),
        (
            "forms with parts get a separate method",
            "paths: {/a: {post: {tags: [A], requestBody: {required: true, content: {application/json: {schema: {type: string}}<|, application/x-www-form-urlencoded: {schema: {type: string}}>}}, $done}}}".to_owned(),
            &["info rust-method-added c::a::A::create_as_form"],
        ),
        (
            "a success gets a body",
            "paths: {/a: {get: {tags: [A], <$done|$gives>}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-output-changed c::a::A::get"],
        ),
        (
            "an optional response body",
            "paths: {/a: {get: {tags: [A], responses: {'200': {description: '', $pet}<|, '204': {description: ''}>}}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-output-changed c::a::A::get"],
        ),
        (
            "a list gets pagination",
            "paths: {/a: {get: {tags: [A], <|x-pagination: {page: page},> parameters: [{name: page, in: query, schema: {type: integer}}], $gives}}}\ncomponents: {schemas: {pet: {type: array, items: {type: string}}}}".to_owned(),
            &["info rust-pages-added c::a::A::get"],
        ),
        (
            "a response becomes a stream, and the type of events changes",
            "paths: {/a: {get: {tags: [A], responses: {'200': {description: ok, content: {text/<plain|event-stream>: {schema: {type: string}}}}}}}, /b: {get: {tags: [A], responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: <string|object>}}}}}}}}".to_owned(),
            &[
                "info rust-stream-added c::a::A::get",
                "breaking rust-stream-changed c::a::A::b",
            ],
        ),
        (
            "the type of items changes",
            "paths: {/a: {get: {tags: [A], x-pagination: {page: page, items: <cats|dogs>}, parameters: [{name: page, in: query, schema: {type: integer}}], $gives}}}\ncomponents: {schemas: {pet: {type: object, required: [cats, dogs], properties: {cats: {type: array, items: {type: string}}, dogs: {type: array, items: {type: integer}}}}}}".to_owned(),
            &["breaking rust-item-changed c::a::A::get"],
        ),
    ]
}

fn types() -> Vec<(&'static str, String, &'static [&'static str])> {
    vec![
        (
            "a required field becomes optional",
            received("{type: object, required: [name<|x>], properties: {name: {type: string}, namex: {type: string}}}"),
            &["breaking rust-field-type-changed c::types::Pet::name", "breaking rust-field-type-changed c::types::Pet::namex"],
        ),
        (
            "a field is removed and another one added",
            received("{type: object, properties: {id: {type: string}, <a|b>: {type: string}}}"),
            &["breaking rust-field-removed c::types::Pet::a", "info rust-field-added c::types::Pet::b"],
        ),
        (
            "a field is renamed and deprecated and its type changes",
            received("{type: object, properties: {a: {type: <string|integer>, x-rust-name: <one|two>, deprecated: <false|true>}}}"),
            &[
                "breaking rust-field-renamed c::types::Pet::one",
                "info rust-field-deprecated c::types::Pet::one",
                "breaking rust-field-type-changed c::types::Pet::one",
            ],
        ),
        (
            "number parsing does not affect types",
            received("{type: object, properties: {a: <{type: integer}|{anyOf: [{type: integer}, {type: string, pattern: '^[0-9]+$'}]}>}}"),
            &["warning rust-behavior-changed c::types::Pet"],
        ),
        (
            "a missing field becomes empty",
            received("{type: object, <required: [a],|> properties: {a: {type: array, items: {type: string}, default: []}}}"),
            &["warning rust-field-may-be-missing c::types::Pet::a"],
        ),
        (
            "additional properties are kept regardless of declarations",
            received("{type: object, properties: {a: {type: string}}, <|additionalProperties: true>}"),
            &[],
        ),
        (
            "additional properties get a type",
            received("{type: object, properties: {a: {type: string}}, additionalProperties: <true|{type: string}>}"),
            &["breaking rust-field-type-changed c::types::Pet::additional_properties"],
        ),
        (
            "the property of a field changes",
            received("{type: object, properties: {<pet_id|petId>: {type: string}}}"),
            &["warning rust-field-read-elsewhere c::types::Pet::pet_id"],
        ),
        (
            "a constructor gets another argument",
            sent("{type: object, required: [a<|, b>], properties: {a: {type: string}, b: {type: string}}}"),
            &["breaking rust-constructor-changed c::types::Pet::new", "breaking rust-field-type-changed c::types::Pet::b"],
        ),
        (
            "the order of properties determines the constructor's arguments",
            sent("{type: object, required: [a, b], properties: {<a|b>: {type: string}, <b|a>: {type: string}}}"),
            &["breaking rust-constructor-changed c::types::Pet::new"],
        ),
        (
            "a constant is set by the constructor",
            sent("{type: object, required: [a, b], properties: {a: {type: string, enum: [<x|y>]}, b: {type: string}}}"),
            &["warning rust-constant-changed c::types::Pet::a"],
        ),
        (
            "an optional property becomes nullable",
            sent("{type: object, properties: {a: {type: string, nullable: <false|true>}}}"),
            &["breaking rust-field-type-changed c::types::Pet::a"],
        ),
        (
            "a number becomes a time",
            received("{type: object, properties: {a: {type: integer, format: <int64|unix-time>}, b: {type: string, format: date-time}}}"),
            &["breaking rust-field-type-changed c::types::Pet::a"],
        ),
        (
            "a response type is also sent",
            "paths: {/pets: {get: {tags: [Pets], $gives}, <|post: {tags: [Pets], $takes, $done}>}}\ncomponents: {schemas: {pet: {type: object, required: [a], properties: {a: {type: string}}}}}".to_owned(),
            &["info rust-method-added c::pets::Pets::create", "info rust-constructor-added c::types::Pet::new"],
        ),
        (
            "request and response types become separate",
            "paths: {/pets: {get: {tags: [Pets], $gives}, post: {tags: [Pets], $takes, $done}}}\ncomponents: {schemas: {pet: {type: object, required: [a], properties: {a: {type: string}, b: {type: string, readOnly: <false|true>}}}}}".to_owned(),
            &[
                "breaking rust-argument-type-changed c::pets::Pets::create",
                "breaking rust-constructor-removed c::types::Pet::new",
                "info rust-type-added c::types::PetInput",
            ],
        ),
        (
            "a component equal to another one gets a field",
            twin("type: object, properties: {a: {type: string}<|, b: {type: string}>}"),
            &["info rust-field-added c::types::Animal::b"],
        ),
        (
            "an alias becomes a separate type",
            twin("<allOf: [{$ref: '#/components/schemas/pet'}]|type: object, properties: {a: {type: string}, b: {type: string}}>"),
            &["breaking rust-type-split c::types::Animal", "info rust-field-added c::types::Animal::b"],
        ),
        (
            "a renamed type",
            received("{type: object, x-rust-name: <Cat|Dog>, properties: {a: {type: array, items: {$ref: '#/components/schemas/pet'}}}}"),
            &["breaking rust-type-renamed c::types::Cat"],
        ),
        (
            "a type is removed and another one added",
            received("{type: object, x-rust-name: <Cat|Dog>, properties: {<a|b>: {type: string}}}"),
            &[
                "breaking rust-output-changed c::pets::Pets::list",
                "breaking rust-type-removed c::types::Cat",
                "info rust-type-added c::types::Dog",
            ],
        ),
        (
            "a struct becomes an enum",
            received("<{type: object, properties: {a: {type: string}}}|{type: string, enum: [a, b]}>"),
            &["breaking rust-type-changed c::types::Pet"],
        ),
        (
            "the target of an alias changes",
            received("{type: array, items: {type: <string|integer>}}"),
            &["breaking rust-output-changed c::pets::Pets::list", "breaking rust-type-changed c::types::Pet"],
        ),
        (
            "a type is deprecated",
            received("{type: object, deprecated: <false|true>, properties: {a: {type: string}}}"),
            &["info rust-type-deprecated c::types::Pet"],
        ),
        (
            "an enum's values",
            received("{type: string, enum: [a, <b|c>, <x|unknown>]}"),
            &[
                "breaking rust-variant-renamed c::types::Pet::Unknown",
                "breaking rust-variant-removed c::types::Pet::B",
                "breaking rust-variant-removed c::types::Pet::X",
                "info rust-variant-added c::types::Pet::C",
                "info rust-variant-added c::types::Pet::Unknown",
            ],
        ),
        (
            "the value of a variant changes",
            received("{type: string, enum: [<agent_bot|AgentBot>, b]}"),
            &["warning rust-variant-value-changed c::types::Pet::AgentBot"],
        ),
        (
            "variants are renamed, including those of integers",
            received("{type: integer, enum: [1, 2], x-rust-variants: {'1': <One|First>}}"),
            &["breaking rust-variant-renamed c::types::Pet::One"],
        ),
        (
            "a union's variants",
            received("{oneOf: [{type: string}, <{type: integer}|{type: boolean}>]}"),
            &["breaking rust-variant-removed c::types::Pet::Integer", "info rust-variant-added c::types::Pet::Boolean"],
        ),
        (
            "the type of a variant changes",
            received("{oneOf: [{type: string}, {type: object, additionalProperties: {type: <string|integer>}}]}"),
            &["breaking rust-variant-type-changed c::types::Pet::Object"],
        ),
        (
            "the tag of a union changes",
            received(
                "{oneOf: [{$ref: '#/components/schemas/cat'}, {$ref: '#/components/schemas/dog'}], discriminator: {propertyName: <a|b>, mapping: {cat: '#/components/schemas/cat', dog: '#/components/schemas/dog'}}},\n cat: {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}, c: {type: string}}}, dog: {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}, d: {type: string}}}",
            ),
            &["warning rust-tag-changed c::types::Pet"],
        ),
    ]
}

fn clients() -> Vec<(&'static str, String, &'static [&'static str])> {
    let schemes = |schemes: &str| {
        format!("paths: {{/a: {{get: {{tags: [A], $done}}}}}}\ncomponents: {{securitySchemes: {{{schemes}}}}}")
    };
    let errors = |errors: &str, schemas: &str| {
        format!(
            "paths: {{/a: {{get: {{tags: [A], responses: {{'204': {{description: ''}}, {errors}}}}}}}}}\ncomponents: {{schemas: {{{schemas}}}}}"
        )
    };
    let headers = |headers: &str| {
        format!(
            "paths:\n  /a: {{get: {{tags: [A], responses: {{'204': {{description: '', headers: {{{headers}}}}}}}}}}}"
        )
    };
    let problem = "{description: '', content: {application/json: {schema: {$ref: '#/components/schemas/problem'}}}}";
    let event = |name: &str, value: &str, ty: &str| {
        format!(
            "{name}: {{post: {{requestBody: {{content: {{application/json: {{schema: {{type: object, required: [event], properties: {{event: {{type: string, enum: [{value}]}}, id: {{type: {ty}}}}}}}}}}}}}}}}}"
        )
    };
    let webhooks = |webhooks: &str| format!("paths: {{/a: {{get: {{tags: [A], $done}}}}}}\n{webhooks}");
    let signed = "x-webhook-signature: {algorithm: hmac-sha256, encoding: hex, header: X-Signature}";
    vec![
        (
            "a renamed credential",
            schemes("key: {type: apiKey, in: header, name: X-Key, x-rust-name: <api_key|token>}"),
            &["breaking rust-credential-renamed c::Builder::api_key"],
        ),
        (
            "a response header is of another type, another one is new",
            headers("X-Rate: {schema: {type: <integer|string>}}<|, X-Page: {schema: {type: integer}}>"),
            &["breaking rust-header-type-changed c::headers::X_RATE", "info rust-header-added c::headers::X_PAGE"],
        ),
        (
            "the module of response headers has another name",
            format!(
                "{}\n  /headers: {{get: {{tags: [<B|Headers>], $done}}}}",
                headers("X-Rate: {schema: {type: integer}}")
            ),
            &["breaking rust-resource-renamed c::b::B", "breaking rust-header-renamed c::headers::X_RATE"],
        ),
        (
            "a grant is added",
            schemes(
                "oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://a.example/token', scopes: {}}<|, password: {tokenUrl: 'https://a.example/token', scopes: {}}>}}",
            ),
            &["info rust-credential-added c::Builder::password"],
        ),
        (
            "errors are typed by status",
            errors(
                &format!("<'404': {problem}|'422': {problem}>"),
                "problem: {type: object, properties: {a: {type: string}}}",
            ),
            &["warning rust-error-untyped c::a::A::get", "info rust-error-typed c::a::A::get"],
        ),
        (
            "the body of an error changes",
            errors(
                "'422': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/<one|two>'}}}}",
                "one: {type: object, properties: {a: {type: string}}}, two: {type: object, properties: {b: {type: string}}}",
            ),
            &[
                "warning rust-error-changed c::a::A::get",
                "breaking rust-variant-removed c::ErrorBody::One",
                "info rust-variant-added c::ErrorBody::Two",
                "breaking rust-accessor-removed c::ErrorBody::a",
                "info rust-accessor-added c::ErrorBody::b",
            ],
        ),
        (
            "the type of an error field changes",
            errors(&format!("'422': {problem}"), "problem: {type: object, properties: {a: {type: <string|integer>}}}"),
            &[
                "breaking rust-accessor-changed c::ErrorBody::a",
                "breaking rust-field-type-changed c::types::Problem::a",
            ],
        ),
        (
            "events are added",
            webhooks(&format!("<|x-webhooks: {{{}}}>", event("made", "made", "string"))),
            &["info rust-events-added c::events", "info rust-type-added c::types::MadeEvent"],
        ),
        (
            "an event is removed and another one added, and events become signed",
            webhooks(&format!(
                "x-webhooks: {{{}, {}, <{}|{}>}}\n<|{signed}>",
                event("a", "a", "string"),
                event("b", "b", "boolean"),
                event("c", "c", "string"),
                event("d", "d", "string"),
            )),
            &[
                "info rust-verifier-added c::events::Verifier",
                "breaking rust-variant-removed c::events::Event::C",
                "info rust-variant-added c::events::Event::D",
                "breaking rust-type-removed c::types::CEvent",
                "info rust-type-added c::types::DEvent",
            ],
        ),
        (
            "the signature changes, and the event name moves out of the body",
            webhooks(&format!(
                "x-webhooks: {{{}, {}}}\nx-webhook-signature: {{algorithm: hmac-sha256, encoding: <hex|base64>, header: X-Signature}}",
                event("a", "a", "string"),
                event("b", "<b|a>", "boolean"),
            )),
            &[
                "breaking rust-events-read-otherwise c::events::Event::from_slice",
                "warning rust-verifier-changed c::events::Verifier",
            ],
        ),
        (
            "a resource takes the name of the events module",
            format!(
                "paths: {{/a: {{get: {{tags: [A], $done}}}}, <|/events: {{get: {{tags: [Events], $done}}}}>}}\nx-webhooks: {{{}}}",
                event("a", "a", "string")
            ),
            &["info rust-resource-added c::events::Events", "breaking rust-events-moved c::events"],
        ),
    ]
}

/// Behavior of the client that is not visible in signatures.
fn behavior() -> Vec<(&'static str, String, &'static [&'static str])> {
    let get = |fields: &str| format!("paths: {{/a: {{get: {{tags: [A], {fields}}}}}}}");
    let body = |content: &str| {
        format!(
            "paths: {{/a: {{post: {{tags: [A], requestBody: {{required: true, content: {{{content}}}}}, $done}}}}}}"
        )
    };
    vec![
        (
            "the first server changes",
            format!("servers: [{{url: 'https://<a|b>.example'}}, {{url: 'https://<b|a>.example'}}]\n{}", get("$done")),
            &["warning rust-base-url-changed c::Builder"],
        ),
        (
            "the same server in different case",
            format!("servers: [{{url: 'https://<a|A>.example<|:443>'}}]\n{}", get("$done")),
            &[],
        ),
        (
            "a base URL variable",
            format!(
                "servers: [{{url: 'https://{{r}}.example', variables: {{r: {{default: eu}}<|, v: {{default: x}}>}}}}]\n{}",
                get("$done")
            ),
            &["info rust-server-variable-added c::Builder"],
        ),
        (
            "an operation gets its own server",
            get("servers: [{url: 'https://<a|b>.example'}], $done"),
            &["warning rust-server-changed c::a::A::get"],
        ),
        (
            "the accepted media type changes",
            get("responses: {'200': {description: '', content: {text/<csv|plain>: {schema: {type: string}}}}}"),
            &["warning rust-accept-changed c::a::A::get"],
        ),
        (
            "the media type of a body changes",
            body("application/<|merge-patch+>json: {schema: {type: object, properties: {a: {type: string}}}}"),
            &["warning rust-body-type-changed c::a::A::create"],
        ),
        (
            "the preferred credential changes",
            format!(
                "components: {{securitySchemes: {{k: {{type: apiKey, in: header, name: X-K}}, t: {{type: http, scheme: bearer}}}}}}\n{}",
                get("security: [<{k: []}, {t: []}|{t: []}, {k: []}>], $done")
            ),
            &["warning rust-credentials-reordered c::a::A::get"],
        ),
        (
            "the style of a single value in a query means nothing",
            get("parameters: [{name: q, in: query, <|explode: false, >schema: {type: string}}], $done"),
            &[],
        ),
        (
            "a response of another media type beside the first",
            get(
                "responses: {'200': {description: '', content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}<|, text/csv: {schema: {type: string}}>}}}",
            ),
            &["breaking rust-type-changed c::types::AGetResponse", "info rust-type-added c::types::AGetResponseObject"],
        ),
        (
            "header names are case-insensitive",
            get("parameters: [{name: <X-Trace|x-trace>, in: header, schema: {type: string}}], $done"),
            &[],
        ),
    ]
}

#[test]
fn pairs_have_the_expected_changes_in_both_directions() {
    let mut applied: BTreeSet<&str> = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, text, expected) in methods().into_iter().chain(types()).chain(clients()).chain(behavior()) {
        match check(name, &text, expected) {
            Ok(rules) => applied.extend(rules),
            Err(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Whole clients are compared by `review`, and names are kept by commands.
    let by_others = |id: &str| id.starts_with("rust-client-") || id.starts_with("rust-name-");
    let known: BTreeSet<&str> = diff::rust::rules::ALL.iter().map(|rule| rule.id).collect();
    let untried: Vec<&&str> = known.difference(&applied).filter(|id| !by_others(id)).collect();
    assert_eq!(untried, [&""; 0], "no pair covers these rules");
}

#[test]
fn rules_have_a_mirror() {
    for rule in diff::rust::rules::ALL {
        let mirror = diff::rust::rules::ALL.iter().find(|other| other.id == rule.mirror);
        assert_eq!(mirror.map(|mirror| mirror.mirror), Some(rule.id), "{}", rule.id);
        assert!(rule.id.starts_with("rust-") && !rule.sentence.ends_with('.'), "{}", rule.id);
        assert!(rules::ALL.iter().all(|wire| wire.id != rule.id), "{}", rule.id);
    }
}

#[test]
fn operations_of_features_may_change_in_a_minor_version() -> Result<(), String> {
    let pets = |feature: &str, name: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nservers: [{{url: https://a.example}}]\npaths:\n  /pets:\n    get: {{tags: [Pets], {feature}x-rust-name: {name}, responses: {{'204': {{description: ''}}}}}}\n"
        )
    };
    let bump = |feature: &str| {
        let (old, new) = (pets(feature, "list"), pets(feature, "all"));
        let reviewed = pair::reviewed("client", ["old.yaml", &old], ["new.yaml", &new])?;
        Ok::<_, String>(diff::required_bump(reviewed.findings.iter().map(|finding| &finding.change)))
    };
    assert_eq!(bump("")?, diff::Bump::Major);
    assert_eq!(bump("x-rust-feature: more, ")?, diff::Bump::Minor);
    Ok(())
}
