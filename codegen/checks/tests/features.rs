//! Operations with cargo features: the parts of a client that exist only with a feature.

mod support;

use crm_clients_document::{Input, Pipeline};
use crm_clients_generator::emit::{self, CrateOptions, Header};
use crm_clients_generator::fileset::FileSet;
use crm_clients_review::Lint;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const DOCUMENT: &str = r"
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      tags: [Pets]
      operationId: listPets
      responses: {'200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}
  /pets/search:
    get:
      tags: [Pets]
      operationId: searchPets
      x-rust-feature: pets-more
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Found'}}}}}
  /vets:
    post:
      tags: [Vets]
      operationId: createVet
      x-rust-feature: pets-more
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Vet'}}}}
      responses: {'204': {description: ''}}
components:
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}}}
    Found: {type: object, required: [pets], properties: {pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Vet: {type: object, required: [name], properties: {name: {type: string}}}
";

/// Generates the crate of a document.
fn files(document: &str) -> Result<FileSet> {
    let read = |_: &str| Ok(document.as_bytes().to_vec());
    let mut pipeline = Pipeline::new();
    let api = pipeline.client(&Input { document: "pets.yaml", read: &read, overlays: &[] }, "pets");
    let (api, _) = api.ok_or_else(|| pipeline.report(false))?;
    let header = Header { command: "crm-clients generate", source: "pets.yaml" };
    Ok(emit::crate_files(&api, &CrateOptions::new("pets"), header))
}

fn text<'f>(files: &'f FileSet, path: &str) -> Result<&'f str> {
    let found = files.iter().find(|(name, _)| *name == path);
    Ok(found.ok_or_else(|| format!("{path} is missing"))?.1)
}

#[test]
fn what_only_operations_of_a_feature_need_is_behind_it() -> Result {
    let files = files(DOCUMENT)?;
    let gate = "#[cfg(feature = \"pets-more\")]";
    let cases = [
        ("src/lib.rs", vec![format!("{gate}\npub mod vets;"), "\npub mod pets;".to_owned()]),
        ("src/lib.rs", vec![format!("{gate}\n    pub fn vets(&self)")]),
        (
            "src/types/mod.rs",
            vec![format!("{gate}\nmod found;"), format!("{gate}\npub use vet::*;"), "\nmod pet;".to_owned()],
        ),
        (
            "src/pets.rs",
            vec![
                format!("{gate}\n    #[inline]\n    pub fn search(&self)"),
                format!("{gate}\nruntime::operation! {{"),
                format!("{gate}\nimpl SearchCall"),
                format!("{gate}\npub(super) const SEARCH:"),
                format!("{gate}\nuse runtime::generated::Style;"),
                "Only with the feature `pets-more`.".to_owned(),
            ],
        ),
        (
            "src/mock.rs",
            vec![format!("{gate} search = SEARCH,"), format!("{gate} vets Vets {{"), "        list = LIST,".to_owned()],
        ),
        ("Cargo.toml", vec!["pets-more = []\n".to_owned()]),
    ];
    for (path, parts) in cases {
        let text = text(&files, path)?;
        for part in parts {
            assert!(text.contains(&part), "{path} lacks {part}:\n{text}");
        }
    }
    assert!(!text(&files, "src/vets.rs")?.contains("cfg("), "the whole module is behind the feature");
    assert!(!text(&files, "src/types/pet.rs")?.contains("cfg("));
    Ok(())
}

#[test]
fn a_client_without_features_has_no_gates() -> Result {
    let files = files(&DOCUMENT.replace("      x-rust-feature: pets-more\n", ""))?;
    for (path, text) in files.iter().filter(|(path, _)| *path != "src/lib.rs") {
        assert!(!text.contains("pets-more") && !text.contains("cfg(feature"), "{path}");
    }
    Ok(())
}

#[test]
fn a_feature_has_a_name_of_cargo_and_belongs_to_an_operation() {
    for (from, to, message) in [
        ("x-rust-feature: pets-more", "x-rust-feature: 'pets more'", "is not the name of a cargo feature"),
        ("x-rust-feature: pets-more", "x-rust-featur: pets-more", "did you mean `x-rust-feature`?"),
        ("    Vet: {", "    Vet: {x-rust-feature: a, ", "`x-rust-feature` has no effect here"),
    ] {
        let refused = files(&DOCUMENT.replacen(from, to, 1)).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains(message), "{to}: {refused}");
    }
}
