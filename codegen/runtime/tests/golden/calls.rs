//! The calls of all operations of the golden clients: that they compile, and that each sends a request.

use std::error::Error;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use crm_clients_runtime as runtime;

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes as clients;

#[path = "../../../checks/tests/fixtures/golden/all_of/calls/mod.rs"]
#[rustfmt::skip]
mod all_of;
#[path = "../../../checks/tests/fixtures/golden/as_meant/calls/mod.rs"]
#[rustfmt::skip]
mod as_meant;
#[path = "../../../checks/tests/fixtures/golden/body_types/calls/mod.rs"]
#[rustfmt::skip]
mod body_types;
#[path = "../../../checks/tests/fixtures/golden/callbacks/calls/mod.rs"]
#[rustfmt::skip]
mod callbacks;
#[path = "../../../checks/tests/fixtures/golden/clashes/calls/mod.rs"]
#[rustfmt::skip]
mod clashes;
#[path = "../../../checks/tests/fixtures/golden/colon_paths/calls/mod.rs"]
#[rustfmt::skip]
mod colon_paths;
#[path = "../../../checks/tests/fixtures/golden/common_properties/calls/mod.rs"]
#[rustfmt::skip]
mod common_properties;
#[path = "../../../checks/tests/fixtures/golden/constants/calls/mod.rs"]
#[rustfmt::skip]
mod constants;
#[path = "../../../checks/tests/fixtures/golden/conversions/calls/mod.rs"]
#[rustfmt::skip]
mod conversions;
#[path = "../../../checks/tests/fixtures/golden/cookies_deep/calls/mod.rs"]
#[rustfmt::skip]
mod cookies_deep;
#[path = "../../../checks/tests/fixtures/golden/cycles/calls/mod.rs"]
#[rustfmt::skip]
mod cycles;
#[path = "../../../checks/tests/fixtures/golden/default_mapping/calls/mod.rs"]
#[rustfmt::skip]
mod default_mapping;
#[path = "../../../checks/tests/fixtures/golden/default_only/calls/mod.rs"]
#[rustfmt::skip]
mod default_only;
#[path = "../../../checks/tests/fixtures/golden/defaults/calls/mod.rs"]
#[rustfmt::skip]
mod defaults;
#[path = "../../../checks/tests/fixtures/golden/directions/calls/mod.rs"]
#[rustfmt::skip]
mod directions;
#[path = "../../../checks/tests/fixtures/golden/documentation/calls/mod.rs"]
#[rustfmt::skip]
mod documentation;
#[path = "../../../checks/tests/fixtures/golden/duplicates/calls/mod.rs"]
#[rustfmt::skip]
mod duplicates;
#[path = "../../../checks/tests/fixtures/golden/dynamic_references/calls/mod.rs"]
#[rustfmt::skip]
mod dynamic_references;
#[path = "../../../checks/tests/fixtures/golden/enum_names/calls/mod.rs"]
#[rustfmt::skip]
mod enum_names;
#[path = "../../../checks/tests/fixtures/golden/enums/calls/mod.rs"]
#[rustfmt::skip]
mod enums;
#[path = "../../../checks/tests/fixtures/golden/equal_components/calls/mod.rs"]
#[rustfmt::skip]
mod equal_components;
#[path = "../../../checks/tests/fixtures/golden/event_streams/calls/mod.rs"]
#[rustfmt::skip]
mod event_streams;
#[path = "../../../checks/tests/fixtures/golden/file_choices/calls/mod.rs"]
#[rustfmt::skip]
mod file_choices;
#[path = "../../../checks/tests/fixtures/golden/form_encodings/calls/mod.rs"]
#[rustfmt::skip]
mod form_encodings;
#[path = "../../../checks/tests/fixtures/golden/formats/calls/mod.rs"]
#[rustfmt::skip]
mod formats;
#[path = "../../../checks/tests/fixtures/golden/forms/calls/mod.rs"]
#[rustfmt::skip]
mod forms;
#[path = "../../../checks/tests/fixtures/golden/free_form/calls/mod.rs"]
#[rustfmt::skip]
mod free_form;
#[path = "../../../checks/tests/fixtures/golden/hard_names/calls/mod.rs"]
#[rustfmt::skip]
mod hard_names;
#[path = "../../../checks/tests/fixtures/golden/headers_cookies/calls/mod.rs"]
#[rustfmt::skip]
mod headers_cookies;
#[path = "../../../checks/tests/fixtures/golden/held_names/calls/mod.rs"]
#[rustfmt::skip]
mod held_names;
#[path = "../../../checks/tests/fixtures/golden/hierarchies/calls/mod.rs"]
#[rustfmt::skip]
mod hierarchies;
#[path = "../../../checks/tests/fixtures/golden/http_values/calls/mod.rs"]
#[rustfmt::skip]
mod http_values;
#[path = "../../../checks/tests/fixtures/golden/idempotency/calls/mod.rs"]
#[rustfmt::skip]
mod idempotency;
#[path = "../../../checks/tests/fixtures/golden/inheritance/calls/mod.rs"]
#[rustfmt::skip]
mod inheritance;
#[path = "../../../checks/tests/fixtures/golden/item_streams/calls/mod.rs"]
#[rustfmt::skip]
mod item_streams;
#[path = "../../../checks/tests/fixtures/golden/long_paths/calls/mod.rs"]
#[rustfmt::skip]
mod long_paths;
#[path = "../../../checks/tests/fixtures/golden/lossy/calls/mod.rs"]
#[rustfmt::skip]
mod lossy;
#[path = "../../../checks/tests/fixtures/golden/maps/calls/mod.rs"]
#[rustfmt::skip]
mod maps;
#[path = "../../../checks/tests/fixtures/golden/media_types/calls/mod.rs"]
#[rustfmt::skip]
mod media_types;
#[path = "../../../checks/tests/fixtures/golden/method_names/calls/mod.rs"]
#[rustfmt::skip]
mod method_names;
#[path = "../../../checks/tests/fixtures/golden/methods_and_queries/calls/mod.rs"]
#[rustfmt::skip]
mod methods_and_queries;
#[path = "../../../checks/tests/fixtures/golden/multipart/calls/mod.rs"]
#[rustfmt::skip]
mod multipart;
#[path = "../../../checks/tests/fixtures/golden/multipart_encoding/calls/mod.rs"]
#[rustfmt::skip]
mod multipart_encoding;
#[path = "../../../checks/tests/fixtures/golden/multipart_shapes/calls/mod.rs"]
#[rustfmt::skip]
mod multipart_shapes;
#[path = "../../../checks/tests/fixtures/golden/nested_choices/calls/mod.rs"]
#[rustfmt::skip]
mod nested_choices;
#[path = "../../../checks/tests/fixtures/golden/no_operation_id/calls/mod.rs"]
#[rustfmt::skip]
mod no_operation_id;
#[path = "../../../checks/tests/fixtures/golden/no_operations/calls/mod.rs"]
#[rustfmt::skip]
mod no_operations;
#[path = "../../../checks/tests/fixtures/golden/null_alternatives/calls/mod.rs"]
#[rustfmt::skip]
mod null_alternatives;
#[path = "../../../checks/tests/fixtures/golden/nulls/calls/mod.rs"]
#[rustfmt::skip]
mod nulls;
#[path = "../../../checks/tests/fixtures/golden/numeric_strings/calls/mod.rs"]
#[rustfmt::skip]
mod numeric_strings;
#[path = "../../../checks/tests/fixtures/golden/oauth2/calls/mod.rs"]
#[rustfmt::skip]
mod oauth2;
#[path = "../../../checks/tests/fixtures/golden/octet_streams/calls/mod.rs"]
#[rustfmt::skip]
mod octet_streams;
#[path = "../../../checks/tests/fixtures/golden/odd_defaults/calls/mod.rs"]
#[rustfmt::skip]
mod odd_defaults;
#[path = "../../../checks/tests/fixtures/golden/odd_enums/calls/mod.rs"]
#[rustfmt::skip]
mod odd_enums;
#[path = "../../../checks/tests/fixtures/golden/odd_values/calls/mod.rs"]
#[rustfmt::skip]
mod odd_values;
#[path = "../../../checks/tests/fixtures/golden/open_choices/calls/mod.rs"]
#[rustfmt::skip]
mod open_choices;
#[path = "../../../checks/tests/fixtures/golden/operation_servers/calls/mod.rs"]
#[rustfmt::skip]
mod operation_servers;
#[path = "../../../checks/tests/fixtures/golden/overlapping/calls/mod.rs"]
#[rustfmt::skip]
mod overlapping;
#[path = "../../../checks/tests/fixtures/golden/overlays/calls/mod.rs"]
#[rustfmt::skip]
mod overlays;
#[path = "../../../checks/tests/fixtures/golden/pagination/calls/mod.rs"]
#[rustfmt::skip]
mod pagination;
#[path = "../../../checks/tests/fixtures/golden/parameter_content/calls/mod.rs"]
#[rustfmt::skip]
mod parameter_content;
#[path = "../../../checks/tests/fixtures/golden/path_parameters/calls/mod.rs"]
#[rustfmt::skip]
mod path_parameters;
#[path = "../../../checks/tests/fixtures/golden/path_styles/calls/mod.rs"]
#[rustfmt::skip]
mod path_styles;
#[path = "../../../checks/tests/fixtures/golden/property_names/calls/mod.rs"]
#[rustfmt::skip]
mod property_names;
#[path = "../../../checks/tests/fixtures/golden/query_styles/calls/mod.rs"]
#[rustfmt::skip]
mod query_styles;
#[path = "../../../checks/tests/fixtures/golden/rate_limits/calls/mod.rs"]
#[rustfmt::skip]
mod rate_limits;
#[path = "../../../checks/tests/fixtures/golden/recursion/calls/mod.rs"]
#[rustfmt::skip]
mod recursion;
#[path = "../../../checks/tests/fixtures/golden/redirects/calls/mod.rs"]
#[rustfmt::skip]
mod redirects;
#[path = "../../../checks/tests/fixtures/golden/references/calls/mod.rs"]
#[rustfmt::skip]
mod references;
#[path = "../../../checks/tests/fixtures/golden/resource_names/calls/mod.rs"]
#[rustfmt::skip]
mod resource_names;
#[path = "../../../checks/tests/fixtures/golden/response_choices/calls/mod.rs"]
#[rustfmt::skip]
mod response_choices;
#[path = "../../../checks/tests/fixtures/golden/responses/calls/mod.rs"]
#[rustfmt::skip]
mod responses;
#[path = "../../../checks/tests/fixtures/golden/rust_names/calls/mod.rs"]
#[rustfmt::skip]
mod rust_names;
#[path = "../../../checks/tests/fixtures/golden/schemes_and_variables/calls/mod.rs"]
#[rustfmt::skip]
mod schemes_and_variables;
#[path = "../../../checks/tests/fixtures/golden/scopes/calls/mod.rs"]
#[rustfmt::skip]
mod scopes;
#[path = "../../../checks/tests/fixtures/golden/security/calls/mod.rs"]
#[rustfmt::skip]
mod security;
#[path = "../../../checks/tests/fixtures/golden/servers/calls/mod.rs"]
#[rustfmt::skip]
mod servers;
#[path = "../../../checks/tests/fixtures/golden/style_table/calls/mod.rs"]
#[rustfmt::skip]
mod style_table;
#[path = "../../../checks/tests/fixtures/golden/swagger_2/calls/mod.rs"]
#[rustfmt::skip]
mod swagger_2;
#[path = "../../../checks/tests/fixtures/golden/tag_values/calls/mod.rs"]
#[rustfmt::skip]
mod tag_values;
#[path = "../../../checks/tests/fixtures/golden/tagged/calls/mod.rs"]
#[rustfmt::skip]
mod tagged;
#[path = "../../../checks/tests/fixtures/golden/text_formats/calls/mod.rs"]
#[rustfmt::skip]
mod text_formats;
#[path = "../../../checks/tests/fixtures/golden/text_responses/calls/mod.rs"]
#[rustfmt::skip]
mod text_responses;
#[path = "../../../checks/tests/fixtures/golden/tuples/calls/mod.rs"]
#[rustfmt::skip]
mod tuples;
#[path = "../../../checks/tests/fixtures/golden/type_names/calls/mod.rs"]
#[rustfmt::skip]
mod type_names;
#[path = "../../../checks/tests/fixtures/golden/typed_headers/calls/mod.rs"]
#[rustfmt::skip]
mod typed_headers;
#[path = "../../../checks/tests/fixtures/golden/undeclared_required/calls/mod.rs"]
#[rustfmt::skip]
mod undeclared_required;
#[path = "../../../checks/tests/fixtures/golden/unions/calls/mod.rs"]
#[rustfmt::skip]
mod unions;
#[path = "../../../checks/tests/fixtures/golden/unix_times/calls/mod.rs"]
#[rustfmt::skip]
mod unix_times;
#[path = "../../../checks/tests/fixtures/golden/unserved/calls/mod.rs"]
#[rustfmt::skip]
mod unserved;
#[path = "../../../checks/tests/fixtures/golden/webhook_names/calls/mod.rs"]
#[rustfmt::skip]
mod webhook_names;
#[path = "../../../checks/tests/fixtures/golden/webhooks/calls/mod.rs"]
#[rustfmt::skip]
mod webhooks;
#[path = "../../../checks/tests/fixtures/golden/whole_numbers/calls/mod.rs"]
#[rustfmt::skip]
mod whole_numbers;
#[path = "../../../checks/tests/fixtures/golden/wide_enums/calls/mod.rs"]
#[rustfmt::skip]
mod wide_enums;
#[path = "../../../checks/tests/fixtures/golden/xml_bodies/calls/mod.rs"]
#[rustfmt::skip]
mod xml_bodies;
#[path = "../../../checks/tests/fixtures/golden/xml_nodes/calls/mod.rs"]
#[rustfmt::skip]
mod xml_nodes;

/// Runs each of these functions, and returns their names.
macro_rules! run {
    ($url:expr, $($theme:ident)*) => {{
        $($theme::run($url).await?;)*
        [$(stringify!($theme)),*]
    }};
}

/// Number of calls, and the calls that sent nothing.
static CALLS: Mutex<(usize, Vec<String>)> = Mutex::new((0, Vec::new()));

/// Records a call. The result does not matter: a call counts if it was sent.
fn report<B: Debug + 'static>(call: [&str; 4], outcome: Outcome) {
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    calls.0 += 1;
    let sent = |error: &(dyn Error + 'static)| {
        matches!(error.downcast_ref::<runtime::Error<B>>(), Some(runtime::Error::Api(_) | runtime::Error::Decode(_)))
    };
    if let Some(error) = outcome.err().filter(|error| !sent(error.as_ref())) {
        calls.1.push(format!("{call:?}: {error}"));
    }
}

#[tokio::test]
async fn every_call_sends_a_request() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], "{}")]).await?;
    let url = &server.url();
    let themes = run!(
        url,
        all_of as_meant body_types callbacks clashes colon_paths common_properties constants conversions cookies_deep cycles
        default_mapping default_only defaults directions documentation duplicates dynamic_references enum_names enums equal_components event_streams
        file_choices form_encodings formats forms free_form hard_names headers_cookies held_names hierarchies
        http_values idempotency inheritance item_streams long_paths lossy maps media_types method_names methods_and_queries
        multipart multipart_encoding multipart_shapes nested_choices no_operation_id no_operations null_alternatives
        nulls numeric_strings oauth2 octet_streams odd_defaults odd_enums odd_values open_choices operation_servers
        overlapping overlays pagination parameter_content path_parameters path_styles property_names query_styles
        rate_limits recursion redirects references resource_names response_choices responses rust_names
        schemes_and_variables scopes security servers style_table swagger_2 tag_values tagged text_formats
        text_responses tuples type_names typed_headers undeclared_required unions unix_times unserved webhook_names webhooks whole_numbers
        wide_enums xml_bodies xml_nodes
    );
    for entry in std::fs::read_dir(crate::themes_directory())? {
        let theme = entry?.file_name().to_string_lossy().into_owned();
        assert!(themes.contains(&theme.as_str()), "{theme} is missing in golden/calls.rs");
    }
    let calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(calls.1, [""; 0]);
    assert_eq!(calls.0, server.requests().len());
    Ok(())
}
