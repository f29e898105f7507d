//! The golden documents' emitted modules.
#![allow(dead_code, unused_imports, reason = "each theme is used in part")]
#![allow(clippy::wrong_self_convention, reason = "methods are named after what documents call their operations")]

#[path = "../../../tests/fixtures/golden/all_of/emitted/mod.rs"]
#[rustfmt::skip]
pub mod all_of;
#[path = "../../../tests/fixtures/golden/body_types/emitted/mod.rs"]
#[rustfmt::skip]
pub mod body_types;
#[path = "../../../tests/fixtures/golden/clashes/emitted/mod.rs"]
#[rustfmt::skip]
pub mod clashes;
#[path = "../../../tests/fixtures/golden/conversions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod conversions;
#[path = "../../../tests/fixtures/golden/cookies_deep/emitted/mod.rs"]
#[rustfmt::skip]
pub mod cookies_deep;
#[path = "../../../tests/fixtures/golden/cycles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod cycles;
#[path = "../../../tests/fixtures/golden/default_only/emitted/mod.rs"]
#[rustfmt::skip]
pub mod default_only;
#[path = "../../../tests/fixtures/golden/defaults/emitted/mod.rs"]
#[rustfmt::skip]
pub mod defaults;
#[path = "../../../tests/fixtures/golden/directions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod directions;
#[path = "../../../tests/fixtures/golden/documentation/emitted/mod.rs"]
#[rustfmt::skip]
pub mod documentation;
#[path = "../../../tests/fixtures/golden/duplicates/emitted/mod.rs"]
#[rustfmt::skip]
pub mod duplicates;
#[path = "../../../tests/fixtures/golden/enums/emitted/mod.rs"]
#[rustfmt::skip]
pub mod enums;
#[path = "../../../tests/fixtures/golden/event_streams/emitted/mod.rs"]
#[rustfmt::skip]
pub mod event_streams;
#[path = "../../../tests/fixtures/golden/form_encodings/emitted/mod.rs"]
#[rustfmt::skip]
pub mod form_encodings;
#[path = "../../../tests/fixtures/golden/formats/emitted/mod.rs"]
#[rustfmt::skip]
pub mod formats;
#[path = "../../../tests/fixtures/golden/forms/emitted/mod.rs"]
#[rustfmt::skip]
pub mod forms;
#[path = "../../../tests/fixtures/golden/free_form/emitted/mod.rs"]
#[rustfmt::skip]
pub mod free_form;
#[path = "../../../tests/fixtures/golden/hard_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod hard_names;
#[path = "../../../tests/fixtures/golden/headers_cookies/emitted/mod.rs"]
#[rustfmt::skip]
pub mod headers_cookies;
#[path = "../../../tests/fixtures/golden/inheritance/emitted/mod.rs"]
#[rustfmt::skip]
pub mod inheritance;
#[path = "../../../tests/fixtures/golden/lossy/emitted/mod.rs"]
#[rustfmt::skip]
pub mod lossy;
#[path = "../../../tests/fixtures/golden/maps/emitted/mod.rs"]
#[rustfmt::skip]
pub mod maps;
#[path = "../../../tests/fixtures/golden/media_types/emitted/mod.rs"]
#[rustfmt::skip]
pub mod media_types;
#[path = "../../../tests/fixtures/golden/multipart/emitted/mod.rs"]
#[rustfmt::skip]
pub mod multipart;
#[path = "../../../tests/fixtures/golden/multipart_encoding/emitted/mod.rs"]
#[rustfmt::skip]
pub mod multipart_encoding;
#[path = "../../../tests/fixtures/golden/no_operation_id/emitted/mod.rs"]
#[rustfmt::skip]
pub mod no_operation_id;
#[path = "../../../tests/fixtures/golden/no_operations/emitted/mod.rs"]
#[rustfmt::skip]
pub mod no_operations;
#[path = "../../../tests/fixtures/golden/nulls/emitted/mod.rs"]
#[rustfmt::skip]
pub mod nulls;
#[path = "../../../tests/fixtures/golden/numeric_strings/emitted/mod.rs"]
#[rustfmt::skip]
pub mod numeric_strings;
#[path = "../../../tests/fixtures/golden/oauth2/emitted/mod.rs"]
#[rustfmt::skip]
pub mod oauth2;
#[path = "../../../tests/fixtures/golden/octet_streams/emitted/mod.rs"]
#[rustfmt::skip]
pub mod octet_streams;
#[path = "../../../tests/fixtures/golden/odd_defaults/emitted/mod.rs"]
#[rustfmt::skip]
pub mod odd_defaults;
#[path = "../../../tests/fixtures/golden/odd_enums/emitted/mod.rs"]
#[rustfmt::skip]
pub mod odd_enums;
#[path = "../../../tests/fixtures/golden/operation_servers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod operation_servers;
#[path = "../../../tests/fixtures/golden/overlays/emitted/mod.rs"]
#[rustfmt::skip]
pub mod overlays;
#[path = "../../../tests/fixtures/golden/pagination/emitted/mod.rs"]
#[rustfmt::skip]
pub mod pagination;
#[path = "../../../tests/fixtures/golden/parameter_content/emitted/mod.rs"]
#[rustfmt::skip]
pub mod parameter_content;
#[path = "../../../tests/fixtures/golden/path_parameters/emitted/mod.rs"]
#[rustfmt::skip]
pub mod path_parameters;
#[path = "../../../tests/fixtures/golden/path_styles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod path_styles;
#[path = "../../../tests/fixtures/golden/property_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod property_names;
#[path = "../../../tests/fixtures/golden/query_styles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod query_styles;
#[path = "../../../tests/fixtures/golden/recursion/emitted/mod.rs"]
#[rustfmt::skip]
pub mod recursion;
#[path = "../../../tests/fixtures/golden/references/emitted/mod.rs"]
#[rustfmt::skip]
pub mod references;
#[path = "../../../tests/fixtures/golden/resource_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod resource_names;
#[path = "../../../tests/fixtures/golden/responses/emitted/mod.rs"]
#[rustfmt::skip]
pub mod responses;
#[path = "../../../tests/fixtures/golden/rust_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod rust_names;
#[path = "../../../tests/fixtures/golden/security/emitted/mod.rs"]
#[rustfmt::skip]
pub mod security;
#[path = "../../../tests/fixtures/golden/servers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod servers;
#[path = "../../../tests/fixtures/golden/swagger_2/emitted/mod.rs"]
#[rustfmt::skip]
pub mod swagger_2;
#[path = "../../../tests/fixtures/golden/tagged/emitted/mod.rs"]
#[rustfmt::skip]
pub mod tagged;
#[path = "../../../tests/fixtures/golden/type_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod type_names;
#[path = "../../../tests/fixtures/golden/unions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod unions;
#[path = "../../../tests/fixtures/golden/webhook_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod webhook_names;
#[path = "../../../tests/fixtures/golden/webhooks/emitted/mod.rs"]
#[rustfmt::skip]
pub mod webhooks;
#[path = "../../../tests/fixtures/golden/xml_bodies/emitted/mod.rs"]
#[rustfmt::skip]
pub mod xml_bodies;
