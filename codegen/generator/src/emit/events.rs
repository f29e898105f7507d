//! Emits webhook events: their enum, its decoder and the signature verifier.

use proc_macro2::TokenStream;
use quote::quote;

use super::file::{File, Header};
use super::{From, escape, holds_map, holds_secret, names_type, type_tokens};
use crate::ir::{Api, Encoding, Part, Signature, Webhooks};
use crate::markdown::code;

/// Returns the text of the file.
pub fn file(api: &Api, webhooks: &Webhooks, header: Header<'_>) -> String {
    let docs = module_docs(webhooks);
    let maps = webhooks.payloads().any(holds_map).then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let types = webhooks.payloads().any(names_type).then(|| {
        quote!(
            use super::types;
        )
    });
    let exported = match webhooks.signature {
        Some(_) => quote!(
            pub use runtime::{PayloadError, WebhookError};
        ),
        None => quote!(
            pub use runtime::PayloadError;
        ),
    };
    let mut file = File::new(header);
    file.items(quote! {
        #docs
        #maps
        use crm_clients_runtime as runtime;
        #types
        #exported
    });
    file.items(enumeration(api, webhooks));
    let list = |value: fn(&str) -> String| -> Vec<String> {
        webhooks.events.iter().map(|event| format!("{}: {}", event.name, value(&event.wire))).collect()
    };
    match &webhooks.tag {
        Some(property) => {
            let head = format!("Event({}) tag {} always", webhooks.unknown, escape::quoted(property));
            file.invocation("union", &head, &list(escape::quoted));
        }
        None => {
            let head = format!("Event({})", webhooks.unknown);
            file.invocation("write_union", &head, &list(|_| "any".to_owned()));
        }
    }
    file.items(reader(api, webhooks));
    if let Some(signature) = &webhooks.signature {
        file.items(verifier(signature));
    }
    file.finish()
}

/// Returns the module's documentation, with the steps of a handler. It has no code blocks, because they would be run as
/// doctests.
fn module_docs(webhooks: &Webhooks) -> TokenStream {
    let read = match (&webhooks.signature, &webhooks.tag) {
        (Some(_), Some(_)) => "`verifier.read(&headers, &body)`",
        (Some(_), None) => "`Event::from_slice(name, &body)` after `verifier.verify(&headers, &body)?`",
        (None, Some(_)) => "`Event::from_slice(&body)`",
        (None, None) => "`Event::from_slice(name, &body)`",
    };
    let about = match webhooks.signature {
        Some(_) => "A handler takes the headers and the unmodified body, whose bytes are signed. It matches on",
        None => "Deliveries are not signed: their sender cannot be verified. A handler takes the body and matches on",
    };
    let first = webhooks.events.first().map(|event| event.name.as_str()).unwrap_or_default();
    escape::module_docs(&[
        "The events that the server sends to webhooks and callbacks.".to_owned(),
        String::new(),
        about.to_owned(),
        format!("{read}, with the arms:"),
        String::new(),
        format!("- `Ok(Event::{first}(event))` and so on, for the events that it handles;"),
        "- `Ok(_)`, for all other events, including ones added in the future;".to_owned(),
        "- `Err(error)`, for deliveries that are rejected.".to_owned(),
    ])
}

fn enumeration(api: &Api, webhooks: &Webhooks) -> TokenStream {
    let variants: TokenStream = webhooks
        .events
        .iter()
        .map(|event| {
            let told = match &webhooks.tag {
                Some(property) => format!("If {} is {}.", code(property), code(&event.wire)),
                None => format!("The event {}.", code(&event.wire)),
            };
            let mut lines = event.docs.clone();
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(told);
            let (docs, name) = (escape::docs(&lines), escape::ident(&event.name));
            let ty = type_tokens(api, &event.ty, From::Beside);
            quote!(#docs #name(#ty),)
        })
        .collect();
    let unknown = escape::ident(&webhooks.unknown);
    quote! {
        /// An event that a webhook or a callback delivers.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            #variants
            /// An event that the document does not list, as it was received.
            #unknown(runtime::Value),
        }
    }
}

/// Each payload is deserialized directly from the body, so that an error names its location.
fn reader(api: &Api, webhooks: &Webhooks) -> TokenStream {
    let begin = match webhooks.payloads().any(|ty| holds_secret(api, ty)) {
        true => quote!(secret),
        false => quote!(new),
    };
    let arms: TokenStream = webhooks
        .events
        .iter()
        .map(|event| {
            let (wire, name) = (escape::string(&event.wire), escape::ident(&event.name));
            quote!(#wire => payload.read().map(Self::#name),)
        })
        .collect();
    let unknown = escape::ident(&webhooks.unknown);
    let read = |parameters: TokenStream, name: TokenStream| {
        quote! {
            #[inline]
            pub fn from_slice(#parameters body: &[u8]) -> Result<Self, PayloadError> {
                let payload = runtime::generated::Payload::#begin(body);
                match #name {
                    #arms
                    _ => payload.read().map(Self::#unknown),
                }
            }
        }
    };
    let Some(property) = &webhooks.tag else {
        let read = read(quote!(name: &str,), quote!(name));
        return quote! {
            impl Event {
                /// Deserializes the body of a delivery as the event of this name, for APIs that send the name outside
                /// of the body. The sender is not verified.
                ///
                /// # Errors
                ///
                /// If the body is not JSON, or does not match the event.
                #read
            }
        };
    };
    let property = escape::string(property);
    let read = read(quote!(), quote!(payload.event(#property)?.as_str()));
    quote! {
        impl Event {
            /// Deserializes the body of a delivery. The sender is not verified.
            ///
            /// # Errors
            ///
            /// If the body is not JSON, or does not match the event that it names.
            #read
        }

        impl TryFrom<&[u8]> for Event {
            type Error = PayloadError;

            #[inline]
            fn try_from(body: &[u8]) -> Result<Self, PayloadError> {
                Self::from_slice(body)
            }
        }
    }
}

fn verifier(signature: &Signature) -> TokenStream {
    let doc = escape::docs(&[format!("Verifies the signature of an event in the header {}.", code(&signature.header))]);
    let (header, prefix) = (escape::string(&signature.header), escape::string(&signature.prefix));
    let timestamp = match &signature.timestamp {
        Some(name) => {
            let name = escape::string(name);
            quote!(Some(#name))
        }
        None => quote!(None),
    };
    let parts = signature.signed.iter().map(|part| match part {
        Part::Body => quote!(runtime::generated::Part::Body),
        Part::Timestamp => quote!(runtime::generated::Part::Timestamp),
        Part::Text(text) => {
            let text = escape::string(text);
            quote!(runtime::generated::Part::Text(#text))
        }
    });
    let encoding = match signature.encoding {
        Encoding::Hex => quote!(Hex),
        Encoding::Base64 => quote!(Base64),
    };
    quote! {
        #doc
        pub type Verifier = runtime::Verifier<Event>;

        impl runtime::generated::Signed for Event {
            const SIGNATURE: runtime::generated::Signature = runtime::generated::Signature {
                header: #header,
                prefix: #prefix,
                timestamp: #timestamp,
                signed: &[#(#parts),*],
                encoding: runtime::generated::Encoding::#encoding,
            };
        }
    }
}
