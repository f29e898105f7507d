//! Pairs of small documents, and what changed between them for callers of the client.

#[path = "support/pair.rs"]
mod pair;

use std::collections::BTreeSet;

use crm_clients_review::diff::{self, Change, rules};
use pair::{Which, client, document};

fn lines(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| format!("{} {} {}", change.severity.word(), change.rule.id, change.subject)).collect()
}

/// Compares the pair in both directions; says which rules applied, or what is not as expected.
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

/// The component `pet` as what a request sends.
fn sent(schema: &str) -> String {
    format!("paths: {{/pets: {{post: {{tags: [Pets], $takes, $done}}}}}}\ncomponents: {{schemas: {{pet: {schema}}}}}")
}

/// The component `pet` as what an answer holds.
fn received(schema: &str) -> String {
    format!("paths: {{/pets: {{get: {{tags: [Pets], $gives}}}}}}\ncomponents: {{schemas: {{pet: {schema}}}}}")
}

/// A document with two components, of which the second is this.
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
            "a method has another name",
            "paths: {/pets: {get: {tags: [Pets], x-rust-name: <all|index>, $done}}}".to_owned(),
            &["breaking rust-method-renamed c::pets::Pets::all"],
        ),
        (
            "the document's own id makes another name",
            "paths: {/pets: {get: {tags: [Pets], $done}, post: {tags: [Pets], $done}}, /pets/run: {post: {tags: [Pets], operationId: <start|stop>, $done}}}".to_owned(),
            &["breaking rust-method-renamed c::pets::Pets::start"],
        ),
        (
            "a method is in another resource that was there",
            "paths: {/a: {get: {tags: [A], $done}}, /b: {get: {tags: [B], $done}}, /c/d: {get: {tags: [<A|B>], x-rust-name: go, $done}}}".to_owned(),
            &["breaking rust-method-moved c::a::A::go"],
        ),
        (
            "a method is gone, another is new",
            "paths: {/a: {get: {tags: [A], $done}}, /a/<x|y>: {post: {tags: [A], $done}}}".to_owned(),
            &["breaking rust-method-removed c::a::A::x", "info rust-method-added c::a::A::y"],
        ),
        (
            "a method calls another path",
            "paths: {/a: {get: {tags: [A], $done}}, /<v1|v2>/x: {post: {tags: [A], x-rust-name: go, $done}}}".to_owned(),
            &["warning rust-method-redirected c::a::A::go"],
        ),
        (
            "a resource has another name",
            "paths: {/a: {get: {tags: [<Cats|Pets>], $done}}, /b: {get: {tags: [<Cats|Pets>], $done}}}".to_owned(),
            &["breaking rust-resource-renamed c::cats::Cats"],
        ),
        (
            "a resource is gone, another is new",
            "paths: {/<a|b>: {get: {tags: [<A|B>], x-rust-name: <list|find>, $done}}}".to_owned(),
            &["breaking rust-resource-removed c::a::A", "info rust-resource-added c::b::B"],
        ),
        (
            "path parameters with other names are no change",
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
            "a method is deprecated, and repeated",
            "paths: {/a: {post: {tags: [A], deprecated: <false|true>, x-idempotent: <false|true>, $done}}}".to_owned(),
            &["info rust-method-deprecated c::a::A::create", "warning rust-retries-added c::a::A::create"],
        ),
        (
            "an argument is new",
            parameter("<|{name: q, in: query, required: true, schema: {type: string}}>"),
            &["breaking rust-argument-added c::pets::Pets::list"],
        ),
        (
            "the first setter breaks no caller",
            parameter("<|{name: q, in: query, schema: {type: string}}>"),
            &["info rust-setter-added c::pets::Pets::list"],
        ),
        (
            "a setter is deprecated and takes another type",
            parameter("{name: q, in: query, deprecated: <false|true>, schema: {type: <string|integer>}}"),
            &[
                "info rust-setter-deprecated c::pets::Pets::list",
                "breaking rust-argument-type-changed c::pets::Pets::list",
            ],
        ),
        (
            "a setter has another name",
            parameter("{name: q, in: query, x-rust-name: <find|query>, schema: {type: string}}"),
            &["breaking rust-setter-renamed c::pets::Pets::list"],
        ),
        (
            "the name of an argument is the method's own affair",
            parameter("{name: q, in: query, required: true, x-rust-name: <find|query>, schema: {type: string}}"),
            &[],
        ),
        (
            "what was set is required",
            parameter("{name: a, in: query, schema: {type: string}}, {name: q, in: query, required: <false|true>, schema: {type: string}}"),
            &["breaking rust-argument-became-required c::pets::Pets::list"],
        ),
        (
            "what an argument takes goes to a header",
            parameter("{name: <q|X-Q>, x-rust-name: q, in: <query|header>, required: true, schema: {type: string}}"),
            &["warning rust-argument-goes-elsewhere c::pets::Pets::list"],
        ),
        (
            "arguments have another order",
            parameter(
                "<{name: b, in: query, required: true, schema: {type: string}},|> {name: a, in: query, required: true, schema: {type: string}}, <|{name: b, in: query, required: true, schema: {type: string}}>",
            ),
            &["breaking rust-arguments-reordered c::pets::Pets::list"],
        ),
        (
            "a body is required",
            "paths: {/a: {post: {tags: [A], <$may_take|$takes>, parameters: [{name: q, in: query, schema: {type: string}}], $done}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-argument-became-required c::a::A::create"],
        ),
        (
            "the parts of a form have a method of their own",
            "paths: {/a: {post: {tags: [A], requestBody: {required: true, content: {application/json: {schema: {type: string}}<|, application/x-www-form-urlencoded: {schema: {type: string}}>}}, $done}}}".to_owned(),
            &["info rust-method-added c::a::A::create_as_form"],
        ),
        (
            "success gives something",
            "paths: {/a: {get: {tags: [A], <$done|$gives>}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-output-changed c::a::A::get"],
        ),
        (
            "an optional answer",
            "paths: {/a: {get: {tags: [A], responses: {'200': {description: '', $pet}<|, '204': {description: ''}>}}}}\ncomponents: {schemas: {pet: {type: string}}}".to_owned(),
            &["breaking rust-output-changed c::a::A::get"],
        ),
        (
            "a list is read page by page",
            "paths: {/a: {get: {tags: [A], <|x-pagination: {page: page},> parameters: [{name: page, in: query, schema: {type: integer}}], $gives}}}\ncomponents: {schemas: {pet: {type: array, items: {type: string}}}}".to_owned(),
            &["info rust-pages-added c::a::A::get"],
        ),
        (
            "an answer is read event by event, then as other events",
            "paths: {/a: {get: {tags: [A], responses: {'200': {description: ok, content: {text/<plain|event-stream>: {schema: {type: string}}}}}}}, /b: {get: {tags: [A], responses: {'200': {description: ok, content: {text/event-stream: {schema: {type: <string|object>}}}}}}}}".to_owned(),
            &[
                "info rust-stream-added c::a::A::get",
                "breaking rust-stream-changed c::a::A::b",
            ],
        ),
        (
            "items are of another type",
            "paths: {/a: {get: {tags: [A], x-pagination: {page: page, items: <cats|dogs>}, parameters: [{name: page, in: query, schema: {type: integer}}], $gives}}}\ncomponents: {schemas: {pet: {type: object, required: [cats, dogs], properties: {cats: {type: array, items: {type: string}}, dogs: {type: array, items: {type: integer}}}}}}".to_owned(),
            &["breaking rust-item-changed c::a::A::get"],
        ),
    ]
}

fn types() -> Vec<(&'static str, String, &'static [&'static str])> {
    vec![
        (
            "a field that was always there is optional",
            received("{type: object, required: [name<|x>], properties: {name: {type: string}, namex: {type: string}}}"),
            &["breaking rust-field-type-changed c::types::Pet::name", "breaking rust-field-type-changed c::types::Pet::namex"],
        ),
        (
            "a field is gone, another is new",
            received("{type: object, properties: {id: {type: string}, <a|b>: {type: string}}}"),
            &["breaking rust-field-removed c::types::Pet::a", "info rust-field-added c::types::Pet::b"],
        ),
        (
            "a field has another name and type, and is deprecated",
            received("{type: object, properties: {a: {type: <string|integer>, x-rust-name: <one|two>, deprecated: <false|true>}}}"),
            &[
                "breaking rust-field-renamed c::types::Pet::one",
                "info rust-field-deprecated c::types::Pet::one",
                "breaking rust-field-type-changed c::types::Pet::one",
            ],
        ),
        (
            "how a number is read shows in no type",
            received("{type: object, properties: {a: <{type: integer}|{anyOf: [{type: integer}, {type: string, pattern: '^[0-9]+$'}]}>}}"),
            &["warning rust-behavior-changed c::types::Pet"],
        ),
        (
            "a field that is missing is read as empty",
            received("{type: object, <required: [a],|> properties: {a: {type: array, items: {type: string}, default: []}}}"),
            &["warning rust-field-may-be-missing c::types::Pet::a"],
        ),
        (
            "other properties are kept whether or not they are declared",
            received("{type: object, properties: {a: {type: string}}, <|additionalProperties: true>}"),
            &[],
        ),
        (
            "other properties are of a type",
            received("{type: object, properties: {a: {type: string}}, additionalProperties: <true|{type: string}>}"),
            &["breaking rust-field-type-changed c::types::Pet::additional_properties"],
        ),
        (
            "a field is another property",
            received("{type: object, properties: {<pet_id|petId>: {type: string}}}"),
            &["warning rust-field-read-elsewhere c::types::Pet::pet_id"],
        ),
        (
            "a struct is made with one more argument",
            sent("{type: object, required: [a<|, b>], properties: {a: {type: string}, b: {type: string}}}"),
            &["breaking rust-constructor-changed c::types::Pet::new", "breaking rust-field-type-changed c::types::Pet::b"],
        ),
        (
            "the order of properties is that of the constructor's arguments",
            sent("{type: object, required: [a, b], properties: {<a|b>: {type: string}, <b|a>: {type: string}}}"),
            &["breaking rust-constructor-changed c::types::Pet::new"],
        ),
        (
            "a single value is set by the constructor",
            sent("{type: object, required: [a, b], properties: {a: {type: string, enum: [<x|y>]}, b: {type: string}}}"),
            &["warning rust-constant-changed c::types::Pet::a"],
        ),
        (
            "an optional property may be cleared",
            sent("{type: object, properties: {a: {type: string, nullable: <false|true>}}}"),
            &["breaking rust-field-type-changed c::types::Pet::a"],
        ),
        (
            "what was received is sent too",
            "paths: {/pets: {get: {tags: [Pets], $gives}, <|post: {tags: [Pets], $takes, $done}>}}\ncomponents: {schemas: {pet: {type: object, required: [a], properties: {a: {type: string}}}}}".to_owned(),
            &["info rust-method-added c::pets::Pets::create", "info rust-constructor-added c::types::Pet::new"],
        ),
        (
            "what requests and answers have in common is no longer one type",
            "paths: {/pets: {get: {tags: [Pets], $gives}, post: {tags: [Pets], $takes, $done}}}\ncomponents: {schemas: {pet: {type: object, required: [a], properties: {a: {type: string}, b: {type: string, readOnly: <false|true>}}}}}".to_owned(),
            &[
                "breaking rust-argument-type-changed c::pets::Pets::create",
                "breaking rust-constructor-removed c::types::Pet::new",
                "info rust-type-added c::types::PetInput",
            ],
        ),
        (
            "a component that is another's twin gains a field",
            twin("type: object, properties: {a: {type: string}<|, b: {type: string}>}"),
            &["info rust-field-added c::types::Animal::b"],
        ),
        (
            "a component that is another becomes itself",
            twin("<allOf: [{$ref: '#/components/schemas/pet'}]|type: object, properties: {a: {type: string}, b: {type: string}}>"),
            &["breaking rust-type-split c::types::Animal", "info rust-field-added c::types::Animal::b"],
        ),
        (
            "a type has another name",
            received("{type: object, x-rust-name: <Cat|Dog>, properties: {a: {type: array, items: {$ref: '#/components/schemas/pet'}}}}"),
            &["breaking rust-type-renamed c::types::Cat"],
        ),
        (
            "a type is gone, another is new",
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
            "a name stands for another type",
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
            "a variant stands for another value",
            received("{type: string, enum: [<agent_bot|AgentBot>, b]}"),
            &["warning rust-variant-value-changed c::types::Pet::AgentBot"],
        ),
        (
            "a value has another name, integers too",
            received("{type: integer, enum: [1, 2], x-rust-variants: {'1': <One|First>}}"),
            &["breaking rust-variant-renamed c::types::Pet::One"],
        ),
        (
            "a union's variants",
            received("{oneOf: [{type: string}, <{type: integer}|{type: boolean}>]}"),
            &["breaking rust-variant-removed c::types::Pet::Integer", "info rust-variant-added c::types::Pet::Boolean"],
        ),
        (
            "a variant holds another type",
            received("{oneOf: [{type: string}, {type: object, additionalProperties: {type: <string|integer>}}]}"),
            &["breaking rust-variant-type-changed c::types::Pet::Object"],
        ),
        (
            "variants are told apart by another property",
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
            "a credential has another name",
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
            "a way to a token is new",
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
            "an error has another body",
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
            "a field of errors is of another type",
            errors(&format!("'422': {problem}"), "problem: {type: object, properties: {a: {type: <string|integer>}}}"),
            &[
                "breaking rust-accessor-changed c::ErrorBody::a",
                "breaking rust-field-type-changed c::types::Problem::a",
            ],
        ),
        (
            "events can be read",
            webhooks(&format!("<|x-webhooks: {{{}}}>", event("made", "made", "string"))),
            &["info rust-events-added c::events", "info rust-type-added c::types::MadeEvent"],
        ),
        (
            "an event is gone, another is new, and they are signed",
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
            "events are signed in another way, and tell what they are outside",
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
            "a resource takes the module of events",
            format!(
                "paths: {{/a: {{get: {{tags: [A], $done}}}}, <|/events: {{get: {{tags: [Events], $done}}}}>}}\nx-webhooks: {{{}}}",
                event("a", "a", "string")
            ),
            &["info rust-resource-added c::events::Events", "breaking rust-events-moved c::events"],
        ),
    ]
}

/// What the client does by itself, which no signature shows.
fn behavior() -> Vec<(&'static str, String, &'static [&'static str])> {
    let get = |fields: &str| format!("paths: {{/a: {{get: {{tags: [A], {fields}}}}}}}");
    let body = |content: &str| {
        format!(
            "paths: {{/a: {{post: {{tags: [A], requestBody: {{required: true, content: {{{content}}}}}, $done}}}}}}"
        )
    };
    vec![
        (
            "another server is the first one",
            format!("servers: [{{url: 'https://<a|b>.example'}}, {{url: 'https://<b|a>.example'}}]\n{}", get("$done")),
            &["warning rust-base-url-changed c::Builder"],
        ),
        (
            "the same server in another case",
            format!("servers: [{{url: 'https://<a|A>.example<|:443>'}}]\n{}", get("$done")),
            &[],
        ),
        (
            "a variable of the base URL",
            format!(
                "servers: [{{url: 'https://{{r}}.example', variables: {{r: {{default: eu}}<|, v: {{default: x}}>}}}}]\n{}",
                get("$done")
            ),
            &["info rust-server-variable-added c::Builder"],
        ),
        (
            "a server of an operation's own",
            get("servers: [{url: 'https://<a|b>.example'}], $done"),
            &["warning rust-server-changed c::a::A::get"],
        ),
        (
            "what is asked for",
            get("responses: {'200': {description: '', content: {text/<csv|plain>: {schema: {type: string}}}}}"),
            &["warning rust-accept-changed c::a::A::get"],
        ),
        (
            "a body as another media type",
            body("application/<|merge-patch+>json: {schema: {type: object, properties: {a: {type: string}}}}"),
            &["warning rust-body-type-changed c::a::A::create"],
        ),
        (
            "another credential is preferred",
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
            "the case of a header's name means nothing",
            get("parameters: [{name: <X-Trace|x-trace>, in: header, schema: {type: string}}], $done"),
            &[],
        ),
    ]
}

#[test]
fn each_pair_shows_what_changed_in_both_directions() {
    let mut applied: BTreeSet<&str> = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, text, expected) in methods().into_iter().chain(types()).chain(clients()).chain(behavior()) {
        match check(name, &text, expected) {
            Ok(rules) => applied.extend(rules),
            Err(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Whole clients are compared by `review`.
    let known: BTreeSet<&str> = diff::rust::rules::ALL.iter().map(|rule| rule.id).collect();
    let untried: Vec<&&str> = known.difference(&applied).filter(|id| !id.starts_with("rust-client-")).collect();
    assert_eq!(untried, [&""; 0], "no pair shows these rules");
}

#[test]
fn each_rule_has_its_mirror() {
    for rule in diff::rust::rules::ALL {
        let mirror = diff::rust::rules::ALL.iter().find(|other| other.id == rule.mirror);
        assert_eq!(mirror.map(|mirror| mirror.mirror), Some(rule.id), "{}", rule.id);
        assert!(rule.id.starts_with("rust-") && !rule.sentence.ends_with('.'), "{}", rule.id);
        assert!(rules::ALL.iter().all(|wire| wire.id != rule.id), "{}", rule.id);
    }
}
