#![allow(dead_code)]
#[path = "../../tests/fixtures/golden/all_of/emitted/mod.rs"]
mod all_of;
#[path = "../../tests/fixtures/golden/conversions/emitted/mod.rs"]
mod conversions;
#[path = "../../tests/fixtures/golden/cycles/emitted/mod.rs"]
mod cycles;
#[path = "../../tests/fixtures/golden/directions/emitted/mod.rs"]
mod directions;
#[path = "../../tests/fixtures/golden/documentation/emitted/mod.rs"]
mod documentation;
#[path = "../../tests/fixtures/golden/duplicates/emitted/mod.rs"]
mod duplicates;
#[path = "../../tests/fixtures/golden/enums/emitted/mod.rs"]
mod enums;
#[path = "../../tests/fixtures/golden/formats/emitted/mod.rs"]
mod formats;
#[path = "../../tests/fixtures/golden/forms/emitted/mod.rs"]
mod forms;
#[path = "../../tests/fixtures/golden/headers_cookies/emitted/mod.rs"]
mod headers_cookies;
#[path = "../../tests/fixtures/golden/lossy/emitted/mod.rs"]
mod lossy;
#[path = "../../tests/fixtures/golden/maps/emitted/mod.rs"]
mod maps;
#[path = "../../tests/fixtures/golden/media_types/emitted/mod.rs"]
mod media_types;
#[path = "../../tests/fixtures/golden/multipart/emitted/mod.rs"]
mod multipart;
#[path = "../../tests/fixtures/golden/no_operation_id/emitted/mod.rs"]
mod no_operation_id;
#[path = "../../tests/fixtures/golden/nulls/emitted/mod.rs"]
mod nulls;
#[path = "../../tests/fixtures/golden/numeric_strings/emitted/mod.rs"]
mod numeric_strings;
#[path = "../../tests/fixtures/golden/overlays/emitted/mod.rs"]
mod overlays;
#[path = "../../tests/fixtures/golden/path_parameters/emitted/mod.rs"]
mod path_parameters;
#[path = "../../tests/fixtures/golden/property_names/emitted/mod.rs"]
mod property_names;
#[path = "../../tests/fixtures/golden/query_styles/emitted/mod.rs"]
mod query_styles;
#[path = "../../tests/fixtures/golden/references/emitted/mod.rs"]
mod references;
#[path = "../../tests/fixtures/golden/resource_names/emitted/mod.rs"]
mod resource_names;
#[path = "../../tests/fixtures/golden/responses/emitted/mod.rs"]
mod responses;
#[path = "../../tests/fixtures/golden/rust_names/emitted/mod.rs"]
mod rust_names;
#[path = "../../tests/fixtures/golden/security/emitted/mod.rs"]
mod security;
#[path = "../../tests/fixtures/golden/servers/emitted/mod.rs"]
mod servers;
#[path = "../../tests/fixtures/golden/tagged/emitted/mod.rs"]
mod tagged;
#[path = "../../tests/fixtures/golden/type_names/emitted/mod.rs"]
mod type_names;
#[path = "../../tests/fixtures/golden/unions/emitted/mod.rs"]
mod unions;
