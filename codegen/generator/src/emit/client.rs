//! Emits the module's root: the client and its builder.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::file::{File, Header, gate};
use super::{From, aliases, argument, credentials, escape, holds_map, resource, scopes};
use crate::ir::{Api, Argument, ServerVariable, TypeDef, TypeKind, docs};
use crate::markdown;

/// Returns the text of the file.
pub fn file(api: &Api, header: Header<'_>) -> String {
    let mut docs =
        vec![format!("Client of {} (document version {}).", markdown::name(&api.title), markdown::name(&api.version))];
    if !api.docs.is_empty() {
        docs.push(String::new());
        docs.extend(api.docs.iter().cloned());
    }
    let docs = escape::module_docs(&docs);
    let webhooks = api.webhooks.iter().map(|webhooks| &webhooks.module);
    let scopes = api.scopes.iter().enumerate().map(|(index, scope)| (&scope.module, api.scope_feature(index)));
    let resources = api.resources.iter().map(|resource| (&resource.module, resource.feature()));
    let headers = api.response_headers.iter().map(|declared| &declared.module);
    let others = webhooks.chain(headers).map(|module| (module, None));
    // A scope may be a resource, too.
    let mut modules: BTreeMap<&String, BTreeSet<Option<&str>>> = BTreeMap::new();
    for (module, feature) in resources.chain(scopes).chain(others) {
        modules.entry(module).or_default().insert(feature);
    }
    let modules: TokenStream = modules
        .into_iter()
        .map(|(module, features)| {
            let module = escape::ident(module);
            let gate = gate(features.first().copied().flatten());
            quote!(#gate pub mod #module;)
        })
        .collect();
    let old_modules = aliases::modules(api);
    let maps = api.resources.iter().flat_map(|resource| &resource.arguments).any(|argument| holds_map(&argument.ty));
    let maps = maps.then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let xml = (!api.xml.roots.is_empty()).then(|| {
        quote!(
            mod xml;
        )
    });
    // Deprecated items are still serialized and deserialized.
    let deprecated =
        has_deprecated(api).then(|| quote!(#![allow(deprecated, reason = "deprecated items refer to each other")]));
    let undescribed = quote!(#![allow(missing_docs, reason = "the document does not describe every item")]);
    let mut file = File::new(header);
    file.items(quote! {
        #docs
        #![allow(
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::too_many_arguments,
            reason = "names, sizes and counts come from the document"
        )]
        #deprecated
        #undescribed
        #modules
        #old_modules
        pub mod types;
        #[cfg(feature = "mock")]
        pub mod mock;
        mod error;
        #xml
        #maps
        use std::time::Duration;
        use crm_clients_runtime as runtime;
        pub use error::ErrorBody;

        /// The error of a call.
        pub type Error = runtime::Error<ErrorBody>;

        /// An error response: status, headers, raw body and typed body.
        pub type ApiError = runtime::ApiError<ErrorBody>;
    });
    file.items(client(api));
    file.items(builder(api));
    let schemes: TokenStream = api.schemes.iter().map(credentials::scheme).collect();
    file.items(schemes);
    file.finish()
}

fn has_deprecated(api: &Api) -> bool {
    if !api.aliases.is_empty() {
        return true;
    }
    let of_type = |def: &TypeDef| {
        def.deprecated
            || matches!(&def.kind, TypeKind::Struct(kind) if kind.fields.iter().any(|field| field.deprecated))
    };
    api.types.iter().any(of_type)
}

fn client(api: &Api) -> TokenStream {
    let handles = scopes::methods(api, None);
    let tokens: TokenStream = api.schemes.iter().map(credentials::client_methods).collect();
    let name = escape::string(&api.name);
    let url = escape::string(&api.base_url);
    let title = markdown::name(&api.title);
    let doc = escape::docs(&[format!("The client of {title}. It is cheap to clone; clones share their connections.")]);
    let schemes = api.schemes.iter().map(credentials::constant);
    let rate_limit = api.rate_limit.iter().map(resource::rate_limit);
    let rate_limit = quote!(#(.rate_limit(#rate_limit))*);
    quote! {
        #doc
        #[derive(Clone, Debug)]
        pub struct Client {
            core: runtime::generated::Core,
        }

        impl Client {
            /// The default base URL: the document's first server.
            pub const BASE_URL: &'static str = #url;

            /// Returns a builder that configures a client.
            pub fn builder() -> Builder {
                let package = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
                Builder { core: runtime::generated::Core::builder(#name, Self::BASE_URL).package(package) #rate_limit }
            }

            /// Starts a request to an endpoint that this client has no method for, at a path below the base URL.
            ///
            /// Unless the call selects a credential, the request is sent with all credentials of the client.
            pub fn request(&self, method: runtime::Method, path: &str) -> runtime::UndeclaredCall<ErrorBody> {
                runtime::UndeclaredCall::new(&self.core, const { &[#(&#schemes),*] }, method, path)
            }

            #tokens

            #handles
        }
    }
}

/// Returns the parameters of a signature, and the values converted from them.
pub fn arguments(api: &Api, arguments: &[Argument], from: From<'_>) -> (TokenStream, TokenStream) {
    let (mut parameters, mut values) = (TokenStream::new(), TokenStream::new());
    for one in arguments {
        let name = escape::ident(&one.name);
        let (taken, made) = argument(api, &one.ty, &name, from);
        parameters.extend(quote!(#name: #taken,));
        values.extend(quote!(#made,));
    }
    (parameters, values)
}

/// Returns the variables of a server as the runtime takes them: name, default and allowed values.
pub fn server_variables(variables: &[ServerVariable]) -> TokenStream {
    let variables = variables.iter().map(|variable| {
        let (name, default) = (escape::string(&variable.name), escape::string(&variable.default));
        let values = variable.values.iter().map(|value| escape::string(value));
        quote!((#name, #default, &[#(#values),*]))
    });
    quote!(&[#(#variables),*])
}

/// Returns the setter of the variables in server URLs, if there are any.
fn server_variable_setter(api: &Api) -> Option<TokenStream> {
    let template = escape::string(&api.server_template);
    let operations = api.resources.iter().flat_map(|resource| &resource.operations);
    let mut others: Vec<&ServerVariable> = Vec::new();
    for variable in operations.filter_map(|operation| operation.server.as_ref()).flat_map(|server| &server.variables) {
        let mut known = api.server_variables.iter().chain(others.iter().copied());
        if !known.any(|known| known.name == variable.name) {
            others.push(variable);
        }
    }
    let of = if others.is_empty() {
        format!("the server URL {}", markdown::code(&api.server_template))
    } else {
        "the server URLs".to_owned()
    };
    let mut docs = vec![format!("Sets a variable in {of}. The variables and their defaults:"), String::new()];
    docs.extend(api.server_variables.iter().chain(others.iter().copied()).map(|variable| {
        let values: Vec<String> = variable.values.iter().map(|value| markdown::code(value)).collect();
        let values = if values.is_empty() { String::new() } else { format!("; one of {}", values.join(", ")) };
        let default = if variable.is_unset() { "must be set".to_owned() } else { markdown::code(&variable.default) };
        format!("- {}: {default}{values}", markdown::code(&variable.name))
    }));
    docs.extend([String::new(), "Variables have no effect if a base URL is set.".to_owned()]);
    let docs = escape::docs(&docs);
    let variables = server_variables(&api.server_variables);
    let has_any = !api.server_variables.is_empty() || !others.is_empty();
    let others = others.iter().map(|variable| escape::string(&variable.name));
    has_any.then(|| {
        quote! {
            #docs
            pub fn server_variable(mut self, name: &str, value: &str) -> Self {
                self.core = self.core.server_variable(#template, #variables, &[#(#others),*], name, value);
                self
            }
        }
    })
}

/// The documentation of the setter of limits.
fn limits_docs(api: &Api) -> TokenStream {
    let mut operations = api.resources.iter().flat_map(|resource| &resource.operations);
    let of_operations = operations.any(|operation| operation.rate_limit.is_some());
    let rate = api.rate_limit.as_ref().map(|limit| docs::rate(limit.requests, limit.seconds));
    let declared = match (rate, of_operations) {
        (None, false) => {
            return quote! {
                /// Sets the limits that all calls of the client share; no limits by default.
            };
        }
        (Some(rate), false) => rate,
        (Some(rate), true) => format!("{rate}, and those in the documentation of operations"),
        (None, true) => "those in the documentation of operations".to_owned(),
    };
    let declared = escape::docs(&[format!("The API's limits are {declared}.")]);
    quote! {
        /// Sets limits that all calls of the client share, in addition to those of the API.
        ///
        #declared
        /// A rate that is set here replaces the limit of all requests;
        /// [`without_declared`](runtime::CallLimits::without_declared) removes all of the API's limits.
    }
}

fn builder(api: &Api) -> TokenStream {
    let credentials: TokenStream = api.schemes.iter().map(credentials::setters).collect();
    let on_token = credentials::on_token(api);
    let variables = server_variable_setter(api);
    let limits = limits_docs(api);
    let servers = (!api.servers.is_empty()).then(|| {
        let servers = escape::docs(&api.servers);
        quote!(#[doc = ""] #servers)
    });
    quote! {
        /// Configures a client.
        #[derive(Clone, Debug)]
        #[must_use = "a builder does nothing until `build` is called"]
        pub struct Builder {
            core: runtime::generated::CoreBuilder,
        }

        impl Builder {
            #credentials

            #on_token

            /// Sets the base URL; [`Client::BASE_URL`] by default.
            #servers
            pub fn base_url(mut self, url: impl Into<String>) -> Self {
                self.core = self.core.base_url(url);
                self
            }

            #variables

            /// Sets the HTTP client, for example to use a proxy; create it with [`runtime::http_client_builder`].
            pub fn http_client(mut self, client: runtime::reqwest::Client) -> Self {
                self.core = self.core.http_client(client);
                self
            }

            /// Sets the maximum duration of one attempt, including its response; 60 seconds by default. The timeout is
            /// suspended while an upload makes progress.
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.core = self.core.timeout(timeout);
                self
            }

            /// Sets the retry policy. By default a call has up to three attempts, and a request that is not idempotent
            /// is not retried if an attempt may have taken effect.
            pub fn retry(mut self, retry: runtime::Retry) -> Self {
                self.core = self.core.retry(retry);
                self
            }

            #limits
            pub fn limits(mut self, limits: runtime::CallLimits) -> Self {
                self.core = self.core.limits(limits);
                self
            }

            /// Adds a hook that is called before each request and after each response.
            pub fn hook(mut self, hook: impl runtime::Hook + 'static) -> Self {
                self.core = self.core.hook(hook);
                self
            }

            /// Sends requests with this transport instead of an HTTP client.
            pub fn transport(mut self, transport: impl runtime::Transport + 'static) -> Self {
                self.core = self.core.transport(transport);
                self
            }

            /// Sets the `User-Agent` header.
            pub fn user_agent(mut self, name: impl Into<String>) -> Self {
                self.core = self.core.user_agent(name);
                self
            }

            /// Sets the maximum size of a response body in bytes; 64 MiB by default.
            pub fn response_limit(mut self, bytes: usize) -> Self {
                self.core = self.core.response_limit(bytes);
                self
            }

            /// Makes a response an error if an optional property has an unexpected value. By default such a property is
            /// absent, [`runtime::Response::warnings`] names it, and its value is among the additional properties of
            /// its object.
            pub fn strict_responses(mut self, strict: bool) -> Self {
                self.core = self.core.strict_responses(strict);
                self
            }

            /// Allows plain HTTP to hosts other than this machine.
            pub fn allow_http(mut self, allow: bool) -> Self {
                self.core = self.core.allow_http(allow);
                self
            }

            /// Records every request and response in a file that a mock can replay in tests.
            pub fn record(mut self, recorder: runtime::Recorder) -> Self {
                self.core = self.core.record(recorder);
                self
            }

            /// Builds the client.
            ///
            /// # Errors
            ///
            /// If the base URL is invalid or not HTTPS, if a credential is empty or cannot be sent, or if the system's
            /// certificates cannot be read.
            pub fn build(self) -> Result<Client, Error> {
                Ok(Client { core: self.core.build()? })
            }
        }
    }
}
