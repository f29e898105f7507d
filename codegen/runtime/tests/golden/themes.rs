//! The generated modules of the golden documents.
#![allow(dead_code, unused_imports, reason = "each theme is used in part")]
#![allow(clippy::wrong_self_convention, reason = "methods are named after what documents call their operations")]

#[path = "../../../checks/tests/fixtures/golden/all_of/emitted/mod.rs"]
#[rustfmt::skip]
pub mod all_of;
#[path = "../../../checks/tests/fixtures/golden/as_meant/emitted/mod.rs"]
#[rustfmt::skip]
pub mod as_meant;
#[path = "../../../checks/tests/fixtures/golden/body_types/emitted/mod.rs"]
#[rustfmt::skip]
pub mod body_types;
#[path = "../../../checks/tests/fixtures/golden/callbacks/emitted/mod.rs"]
#[rustfmt::skip]
pub mod callbacks;
#[path = "../../../checks/tests/fixtures/golden/clashes/emitted/mod.rs"]
#[rustfmt::skip]
pub mod clashes;
#[path = "../../../checks/tests/fixtures/golden/colon_paths/emitted/mod.rs"]
#[rustfmt::skip]
pub mod colon_paths;
#[path = "../../../checks/tests/fixtures/golden/common_properties/emitted/mod.rs"]
#[rustfmt::skip]
pub mod common_properties;
#[path = "../../../checks/tests/fixtures/golden/constants/emitted/mod.rs"]
#[rustfmt::skip]
pub mod constants;
#[path = "../../../checks/tests/fixtures/golden/conversions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod conversions;
#[path = "../../../checks/tests/fixtures/golden/cookies_deep/emitted/mod.rs"]
#[rustfmt::skip]
pub mod cookies_deep;
#[path = "../../../checks/tests/fixtures/golden/cycles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod cycles;
#[path = "../../../checks/tests/fixtures/golden/default_mapping/emitted/mod.rs"]
#[rustfmt::skip]
pub mod default_mapping;
#[path = "../../../checks/tests/fixtures/golden/default_only/emitted/mod.rs"]
#[rustfmt::skip]
pub mod default_only;
#[path = "../../../checks/tests/fixtures/golden/defaults/emitted/mod.rs"]
#[rustfmt::skip]
pub mod defaults;
#[path = "../../../checks/tests/fixtures/golden/directions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod directions;
#[path = "../../../checks/tests/fixtures/golden/documentation/emitted/mod.rs"]
#[rustfmt::skip]
pub mod documentation;
#[path = "../../../checks/tests/fixtures/golden/duplicates/emitted/mod.rs"]
#[rustfmt::skip]
pub mod duplicates;
#[path = "../../../checks/tests/fixtures/golden/dynamic_references/emitted/mod.rs"]
#[rustfmt::skip]
pub mod dynamic_references;
#[path = "../../../checks/tests/fixtures/golden/enum_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod enum_names;
#[path = "../../../checks/tests/fixtures/golden/enums/emitted/mod.rs"]
#[rustfmt::skip]
pub mod enums;
#[path = "../../../checks/tests/fixtures/golden/equal_components/emitted/mod.rs"]
#[rustfmt::skip]
pub mod equal_components;
#[path = "../../../checks/tests/fixtures/golden/event_streams/emitted/mod.rs"]
#[rustfmt::skip]
pub mod event_streams;
#[path = "../../../checks/tests/fixtures/golden/file_choices/emitted/mod.rs"]
#[rustfmt::skip]
pub mod file_choices;
#[path = "../../../checks/tests/fixtures/golden/form_encodings/emitted/mod.rs"]
#[rustfmt::skip]
pub mod form_encodings;
#[path = "../../../checks/tests/fixtures/golden/formats/emitted/mod.rs"]
#[rustfmt::skip]
pub mod formats;
#[path = "../../../checks/tests/fixtures/golden/forms/emitted/mod.rs"]
#[rustfmt::skip]
pub mod forms;
#[path = "../../../checks/tests/fixtures/golden/free_form/emitted/mod.rs"]
#[rustfmt::skip]
pub mod free_form;
#[path = "../../../checks/tests/fixtures/golden/hard_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod hard_names;
#[path = "../../../checks/tests/fixtures/golden/headers_cookies/emitted/mod.rs"]
#[rustfmt::skip]
pub mod headers_cookies;
#[path = "../../../checks/tests/fixtures/golden/held_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod held_names;
#[path = "../../../checks/tests/fixtures/golden/hierarchies/emitted/mod.rs"]
#[rustfmt::skip]
pub mod hierarchies;
#[path = "../../../checks/tests/fixtures/golden/http_values/emitted/mod.rs"]
#[rustfmt::skip]
pub mod http_values;
#[path = "../../../checks/tests/fixtures/golden/idempotency/emitted/mod.rs"]
#[rustfmt::skip]
pub mod idempotency;
#[path = "../../../checks/tests/fixtures/golden/inheritance/emitted/mod.rs"]
#[rustfmt::skip]
pub mod inheritance;
#[path = "../../../checks/tests/fixtures/golden/item_streams/emitted/mod.rs"]
#[rustfmt::skip]
pub mod item_streams;
#[path = "../../../checks/tests/fixtures/golden/long_paths/emitted/mod.rs"]
#[rustfmt::skip]
pub mod long_paths;
#[path = "../../../checks/tests/fixtures/golden/lossy/emitted/mod.rs"]
#[rustfmt::skip]
pub mod lossy;
#[path = "../../../checks/tests/fixtures/golden/maps/emitted/mod.rs"]
#[rustfmt::skip]
pub mod maps;
#[path = "../../../checks/tests/fixtures/golden/media_types/emitted/mod.rs"]
#[rustfmt::skip]
pub mod media_types;
#[path = "../../../checks/tests/fixtures/golden/method_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod method_names;
#[path = "../../../checks/tests/fixtures/golden/methods_and_queries/emitted/mod.rs"]
#[rustfmt::skip]
pub mod methods_and_queries;
#[path = "../../../checks/tests/fixtures/golden/multipart/emitted/mod.rs"]
#[rustfmt::skip]
pub mod multipart;
#[path = "../../../checks/tests/fixtures/golden/multipart_encoding/emitted/mod.rs"]
#[rustfmt::skip]
pub mod multipart_encoding;
#[path = "../../../checks/tests/fixtures/golden/multipart_shapes/emitted/mod.rs"]
#[rustfmt::skip]
pub mod multipart_shapes;
#[path = "../../../checks/tests/fixtures/golden/nested_choices/emitted/mod.rs"]
#[rustfmt::skip]
pub mod nested_choices;
#[path = "../../../checks/tests/fixtures/golden/no_operation_id/emitted/mod.rs"]
#[rustfmt::skip]
pub mod no_operation_id;
#[path = "../../../checks/tests/fixtures/golden/no_operations/emitted/mod.rs"]
#[rustfmt::skip]
pub mod no_operations;
#[path = "../../../checks/tests/fixtures/golden/null_alternatives/emitted/mod.rs"]
#[rustfmt::skip]
pub mod null_alternatives;
#[path = "../../../checks/tests/fixtures/golden/nulls/emitted/mod.rs"]
#[rustfmt::skip]
pub mod nulls;
#[path = "../../../checks/tests/fixtures/golden/numeric_strings/emitted/mod.rs"]
#[rustfmt::skip]
pub mod numeric_strings;
#[path = "../../../checks/tests/fixtures/golden/oauth2/emitted/mod.rs"]
#[rustfmt::skip]
pub mod oauth2;
#[path = "../../../checks/tests/fixtures/golden/octet_streams/emitted/mod.rs"]
#[rustfmt::skip]
pub mod octet_streams;
#[path = "../../../checks/tests/fixtures/golden/odd_defaults/emitted/mod.rs"]
#[rustfmt::skip]
pub mod odd_defaults;
#[path = "../../../checks/tests/fixtures/golden/odd_enums/emitted/mod.rs"]
#[rustfmt::skip]
pub mod odd_enums;
#[path = "../../../checks/tests/fixtures/golden/odd_values/emitted/mod.rs"]
#[rustfmt::skip]
pub mod odd_values;
#[path = "../../../checks/tests/fixtures/golden/open_choices/emitted/mod.rs"]
#[rustfmt::skip]
pub mod open_choices;
#[path = "../../../checks/tests/fixtures/golden/operation_servers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod operation_servers;
#[path = "../../../checks/tests/fixtures/golden/overlapping/emitted/mod.rs"]
#[rustfmt::skip]
pub mod overlapping;
#[path = "../../../checks/tests/fixtures/golden/overlays/emitted/mod.rs"]
#[rustfmt::skip]
pub mod overlays;
#[path = "../../../checks/tests/fixtures/golden/pagination/emitted/mod.rs"]
#[rustfmt::skip]
pub mod pagination;
#[path = "../../../checks/tests/fixtures/golden/parameter_content/emitted/mod.rs"]
#[rustfmt::skip]
pub mod parameter_content;
#[path = "../../../checks/tests/fixtures/golden/path_parameters/emitted/mod.rs"]
#[rustfmt::skip]
pub mod path_parameters;
#[path = "../../../checks/tests/fixtures/golden/path_styles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod path_styles;
#[path = "../../../checks/tests/fixtures/golden/property_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod property_names;
#[path = "../../../checks/tests/fixtures/golden/query_styles/emitted/mod.rs"]
#[rustfmt::skip]
pub mod query_styles;
#[path = "../../../checks/tests/fixtures/golden/rate_limits/emitted/mod.rs"]
#[rustfmt::skip]
pub mod rate_limits;
#[path = "../../../checks/tests/fixtures/golden/recursion/emitted/mod.rs"]
#[rustfmt::skip]
pub mod recursion;
#[path = "../../../checks/tests/fixtures/golden/redirects/emitted/mod.rs"]
#[rustfmt::skip]
pub mod redirects;
#[path = "../../../checks/tests/fixtures/golden/references/emitted/mod.rs"]
#[rustfmt::skip]
pub mod references;
#[path = "../../../checks/tests/fixtures/golden/resource_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod resource_names;
#[path = "../../../checks/tests/fixtures/golden/response_choices/emitted/mod.rs"]
#[rustfmt::skip]
pub mod response_choices;
#[path = "../../../checks/tests/fixtures/golden/responses/emitted/mod.rs"]
#[rustfmt::skip]
pub mod responses;
#[path = "../../../checks/tests/fixtures/golden/rust_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod rust_names;
#[path = "../../../checks/tests/fixtures/golden/schemes_and_variables/emitted/mod.rs"]
#[rustfmt::skip]
pub mod schemes_and_variables;
#[path = "../../../checks/tests/fixtures/golden/scopes/emitted/mod.rs"]
#[rustfmt::skip]
pub mod scopes;
#[path = "../../../checks/tests/fixtures/golden/security/emitted/mod.rs"]
#[rustfmt::skip]
pub mod security;
#[path = "../../../checks/tests/fixtures/golden/servers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod servers;
#[path = "../../../checks/tests/fixtures/golden/style_table/emitted/mod.rs"]
#[rustfmt::skip]
pub mod style_table;
#[path = "../../../checks/tests/fixtures/golden/swagger_2/emitted/mod.rs"]
#[rustfmt::skip]
pub mod swagger_2;
#[path = "../../../checks/tests/fixtures/golden/tag_values/emitted/mod.rs"]
#[rustfmt::skip]
pub mod tag_values;
#[path = "../../../checks/tests/fixtures/golden/tagged/emitted/mod.rs"]
#[rustfmt::skip]
pub mod tagged;
#[path = "../../../checks/tests/fixtures/golden/text_formats/emitted/mod.rs"]
#[rustfmt::skip]
pub mod text_formats;
#[path = "../../../checks/tests/fixtures/golden/text_responses/emitted/mod.rs"]
#[rustfmt::skip]
pub mod text_responses;
#[path = "../../../checks/tests/fixtures/golden/tuples/emitted/mod.rs"]
#[rustfmt::skip]
pub mod tuples;
#[path = "../../../checks/tests/fixtures/golden/type_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod type_names;
#[path = "../../../checks/tests/fixtures/golden/typed_headers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod typed_headers;
#[path = "../../../checks/tests/fixtures/golden/undeclared_required/emitted/mod.rs"]
#[rustfmt::skip]
pub mod undeclared_required;
#[path = "../../../checks/tests/fixtures/golden/unions/emitted/mod.rs"]
#[rustfmt::skip]
pub mod unions;
#[path = "../../../checks/tests/fixtures/golden/unix_times/emitted/mod.rs"]
#[rustfmt::skip]
pub mod unix_times;
#[path = "../../../checks/tests/fixtures/golden/unserved/emitted/mod.rs"]
#[rustfmt::skip]
pub mod unserved;
#[path = "../../../checks/tests/fixtures/golden/webhook_names/emitted/mod.rs"]
#[rustfmt::skip]
pub mod webhook_names;
#[path = "../../../checks/tests/fixtures/golden/webhooks/emitted/mod.rs"]
#[rustfmt::skip]
pub mod webhooks;
#[path = "../../../checks/tests/fixtures/golden/whole_numbers/emitted/mod.rs"]
#[rustfmt::skip]
pub mod whole_numbers;
#[path = "../../../checks/tests/fixtures/golden/wide_enums/emitted/mod.rs"]
#[rustfmt::skip]
pub mod wide_enums;
#[path = "../../../checks/tests/fixtures/golden/xml_bodies/emitted/mod.rs"]
#[rustfmt::skip]
pub mod xml_bodies;
#[path = "../../../checks/tests/fixtures/golden/xml_nodes/emitted/mod.rs"]
#[rustfmt::skip]
pub mod xml_nodes;
