//! `names.lock`: a client is unchanged when upstream renames operationIds, tags and components, until the new names are
//! accepted.

use crm_clients_document::model::Document;
use crm_clients_document::names_lock::{Alias, NamesLock};
use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, Header};
use crm_clients_generator::fileset::FileSet;
use crm_clients_generator::ir::{self, Api};
use crm_clients_generator::lock::{HeldName, held_names, lock, renamed};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const HEADER: Header<'_> = Header { command: "cargo xtask regen", source: "fixtures" };

const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: Pets, version: '1'}
tags: [{name: Pets, description: All about pets.}]
paths:
  /pets:
    get:
      operationId: listPets
      tags: [Pets]
      parameters: [{name: kind, in: query, schema: {type: string, enum: [cat, dog]}}]
      responses: {'200': {description: '', content: {application/json: {schema: {type: object, properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}}}
  /pets/{pet_id}:
    put:
      operationId: replacePet
      tags: [Pets]
      parameters: [{name: pet_id, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'200': {$ref: '#/components/responses/OnePet'}}
  /pets/{pet_id}/walks/start:
    post:
      operationId: startWalk
      tags: [Pets]
      parameters: [{name: pet_id, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: ''}}
  /owners:
    get:
      operationId: owners
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Animal'}}}}}
components:
  responses:
    OnePet: {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  schemas:
    Pet: {type: object, required: [name], properties: {id: {type: string, readOnly: true}, name: {type: string}, owner: {$ref: '#/components/schemas/Owner'}, size: {type: object, properties: {height: {type: number}}}}}
    Owner: {type: object, properties: {name: {type: string}}}
    Crate: {x-rust-name: Kennel, type: object, properties: {size: {type: integer}}}
    Cat: {type: object, required: [kind], properties: {kind: {type: string, enum: [cat]}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {type: string, enum: [dog]}, tricks: {type: integer}}}
    Animal: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}
";

/// Builds the client of a document with the names of a lock.
fn client(text: &str, names: NamesLock) -> Outcome<(Api, Document)> {
    let read = |_: &str| Ok(text.as_bytes().to_vec());
    let mut pipeline = Pipeline { names: Some(names), ..Pipeline::new() };
    let document = pipeline.model(&Input { document: "openapi.yaml", read: &read, overlays: &[] });
    let document = document.ok_or_else(|| pipeline.report(false))?;
    let api = ir::build(&document, "client", &mut pipeline.diagnostics);
    if pipeline.diagnostics.has_errors() {
        return Err(pipeline.report(false).into());
    }
    Ok((api, document))
}

fn locked(text: &str, names: NamesLock) -> Outcome<NamesLock> {
    let (api, document) = client(text, names)?;
    Ok(lock(&api, &document))
}

/// Returns the files of a client without comments and empty lines.
fn code(api: &Api) -> Vec<(String, String)> {
    let files: FileSet = emit::client(api, "mod.rs", "", HEADER);
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim().is_empty();
    let code =
        files.iter().map(|(path, text)| (path.to_owned(), text.lines().filter(is_code).collect::<Vec<_>>().join("\n")));
    code.collect()
}

/// Returns the document with replacements.
fn with(replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(DOCUMENT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// Changes of names in the upstream document.
const RENAMED: [(&str, &[(&str, &str)]); 8] = [
    ("an operationId", &[("startWalk", "beginOuting")]),
    (
        "all operationIds",
        &[
            ("listPets", "index"),
            ("replacePet", "edit"),
            ("startWalk", "begin"),
            ("operationId: owners", "operationId: all"),
        ],
    ),
    ("a tag", &[("tags: [Pets]", "tags: [Animals]"), ("name: Pets,", "name: Animals,")]),
    ("a new tag", &[("operationId: owners", "operationId: owners\n      tags: [People]")]),
    ("a component", &[("schemas/Pet'", "schemas/PetResource'"), ("    Pet: {", "    PetResource: {")]),
    (
        "a component within a renamed one",
        &[
            ("schemas/Pet'", "schemas/Beast'"),
            ("    Pet: {", "    Beast: {"),
            ("schemas/Owner'", "schemas/Keeper'"),
            ("    Owner: {", "    Keeper: {"),
        ],
    ),
    ("an alternative", &[("schemas/Cat'", "schemas/Feline'"), ("    Cat: {", "    Feline: {")]),
    ("a response, and the parameter of a path", &[("OnePet", "OneAnimal"), ("pet_id", "id")]),
];

#[test]
fn what_upstream_renames_keeps_its_names() -> Outcome {
    let (api, document) = client(DOCUMENT, NamesLock::default())?;
    let (names, before) = (lock(&api, &document), code(&api));
    for (what, replacements) in RENAMED {
        let text = with(replacements);
        let (held, document) = client(&text, names.clone())?;
        let now = code(&held);
        if what != "a response, and the parameter of a path" {
            assert_eq!(before, now, "{what}");
        }
        // The new lock has the same names.
        let (again, _) = client(&text, lock(&held, &document))?;
        assert_eq!(now, code(&again), "{what}");
        let values = |names: &NamesLock| {
            names.types.values().map(|one| one.name.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(values(&names), values(&lock(&held, &document)), "{what}");
    }
    Ok(())
}

#[test]
fn a_component_is_found_behind_a_property_that_is_named_like_a_keyword() -> Outcome {
    // `default` is data in a schema, but not as the name of a property.
    let text = with(&[("owner: {$ref", "default: {$ref")]);
    let names = locked(&text, NamesLock::default())?;
    assert_eq!(names.types["Owner"].at.as_deref(), Some("/components/schemas/Pet/properties/default"));
    let renamed = text.replace("schemas/Owner'", "schemas/Keeper'").replace("    Owner: {", "    Keeper: {");
    assert_eq!(code(&client(&text, NamesLock::default())?.0), code(&client(&renamed, names)?.0));
    Ok(())
}

#[test]
fn a_lock_changes_nothing_of_the_document_that_it_is_of() -> Outcome {
    let names = locked(DOCUMENT, NamesLock::default())?;
    assert_eq!(code(&client(DOCUMENT, NamesLock::default())?.0), code(&client(DOCUMENT, names.clone())?.0));
    assert_eq!(locked(DOCUMENT, names.clone())?, names);
    Ok(())
}

#[test]
fn a_lock_knows_things_by_what_is_stable_on_the_wire() -> Outcome {
    let names = locked(DOCUMENT, NamesLock::default())?;
    let operations: Vec<_> =
        names.operations.iter().map(|(key, one)| (key.as_str(), one.tag.as_deref(), one.method.as_str())).collect();
    assert_eq!(
        operations,
        [
            ("GET /owners", None, "list"),
            ("GET /pets", Some("Pets"), "list"),
            ("POST /pets/{}/walks/start", Some("Pets"), "start"),
            ("PUT /pets/{}", Some("Pets"), "update"),
        ]
    );
    let at = |component: &str| names.types[component].at.as_deref().unwrap_or_default();
    assert_eq!(at("Pet"), "/paths/~1pets~1{}/put/requestBody/content/application~1json/schema");
    assert_eq!(at("Owner"), "/components/schemas/Pet/properties/owner");
    Ok(())
}

fn held(text: &str, names: &NamesLock) -> Outcome<Vec<HeldName>> {
    Ok(held_names(&client(text, names.clone())?.0, &client(text, NamesLock::default())?.0))
}

#[test]
fn names_that_are_held_are_listed() -> Outcome {
    let names = locked(DOCUMENT, NamesLock::default())?;
    assert!(held(DOCUMENT, &names)?.is_empty());
    let text = with(&[
        ("startWalk", "beginOuting"),
        ("tags: [Pets]", "tags: [Animals]"),
        ("schemas/Owner'", "schemas/Keeper'"),
        ("    Owner: {", "    Keeper: {"),
    ]);
    let held = held(&text, &names)?;
    let listed: Vec<_> = held.iter().map(|one| (one.name.as_str(), one.own.as_str(), one.operations.len())).collect();
    assert_eq!(
        listed,
        [("pets", "animals", 3), ("pets::start", "animals::begin_outing", 1), ("types::Owner", "types::Keeper", 0),]
    );
    Ok(())
}

#[test]
fn a_name_that_is_accepted_leaves_a_deprecated_one() -> Outcome {
    let names = locked(DOCUMENT, NamesLock::default())?;
    let text = with(&[
        ("startWalk", "beginOuting"),
        ("tags: [Pets]", "tags: [Animals]"),
        ("schemas/Owner'", "schemas/Keeper'"),
        ("    Owner: {", "    Keeper: {"),
    ]);
    let (before, (after, document)) = (client(&text, names)?.0, client(&text, NamesLock::default())?);
    let mut names = lock(&after, &document);
    let alias = |(old, now): (String, String)| (old, Alias { now, since: "0.2.0".to_owned() });
    names.aliases.extend(renamed(&before, &after).into_iter().map(alias));
    let files = emit::client(&client(&text, names)?.0, "mod.rs", "", HEADER);
    let file = |name: &str| files.iter().find(|(path, _)| *path == name).map(|(_, text)| text).unwrap_or_default();
    let attribute = |new: &str| format!("#[deprecated(since = \"0.2.0\", note = \"renamed to `{new}`\")]\n");
    let has = |name: &str, code: String| assert!(file(name).contains(&code), "{code}\n{}", file(name));
    has("types/mod.rs", format!("{}pub type Owner = Keeper;", attribute("Keeper")));
    has(
        "mod.rs",
        format!(
            "{}pub mod pets {{\n    pub use super::animals::*;\n    pub use super::animals::Animals as Pets;\n}}",
            attribute("animals")
        ),
    );
    has("mod.rs", "    pub fn pets(&self) -> animals::Animals {".to_owned());
    has("animals.rs", "    pub fn start(&self, pet_id: impl Into<String>) -> BeginOutingCall {\n        self.begin_outing(pet_id)\n    }".to_owned());
    has("animals.rs", format!("{}pub type StartCall = BeginOutingCall;", attribute("BeginOutingCall")));
    Ok(())
}
