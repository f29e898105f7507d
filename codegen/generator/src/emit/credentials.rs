//! Emits the methods that set a client's credentials, and the statics that describe where each is sent.

use proc_macro2::TokenStream;
use quote::quote;

use super::escape;
use crate::ir::{Api, CredentialKind, Grant, GrantKind, Scheme, Tokens};
use crate::{markdown, names};

/// Returns the builder's methods for a credential.
pub fn setters(scheme: &Scheme) -> TokenStream {
    let mut setters = setter(scheme);
    if let Some(tokens) = &scheme.tokens {
        setters.extend(tokens.grants.iter().map(|grant| grant_setter(scheme, tokens, grant)));
        setters.extend(url_setter(scheme, tokens));
        setters.extend(source_setter(scheme, tokens));
    }
    setters
}

fn setter(scheme: &Scheme) -> TokenStream {
    let (method, constant) = (escape::ident(&scheme.name), constant(scheme));
    let mut docs = match &scheme.kind {
        CredentialKind::Header(name) => vec![format!("Authenticates with the header {}.", markdown::code(name))],
        CredentialKind::Query(name) => {
            vec![format!("Authenticates with the query parameter {}.", markdown::code(name))]
        }
        CredentialKind::Cookie(name) => vec![format!("Authenticates with the cookie {}.", markdown::code(name))],
        CredentialKind::Bearer => vec!["Authenticates with `Authorization: Bearer`.".to_owned()],
        CredentialKind::Basic => vec!["Authenticates with `Authorization: Basic`.".to_owned()],
        CredentialKind::Http(scheme) => {
            vec![format!("Authenticates with {}.", markdown::code(&format!("Authorization: {scheme}")))]
        }
    };
    if !scheme.docs.is_empty() {
        docs.push(String::new());
        docs.extend(scheme.docs.iter().cloned());
    }
    let docs = escape::docs(&docs);
    if scheme.kind == CredentialKind::Basic {
        return quote! {
            #docs
            pub fn #method(mut self, user: &str, password: &str) -> Self {
                self.core = self.core.basic_credential(&#constant, user, password);
                self
            }
        };
    }
    quote! {
        #docs
        pub fn #method(mut self, secret: impl Into<runtime::SecretString>) -> Self {
            self.core = self.core.credential(&#constant, secret);
            self
        }
    }
}

fn grant_setter(scheme: &Scheme, tokens: &Tokens, grant: &Grant) -> TokenStream {
    let (method, constant, url) = (escape::ident(&grant.name), constant(scheme), escape::string(&grant.url));
    let basic = tokens.basic.then(|| quote!(.basic()));
    let (doc, constructor, parameters, arguments) = match grant.kind {
        GrantKind::ClientCredentials => {
            ("an API client's ID and secret", "client_credentials", TokenStream::new(), TokenStream::new())
        }
        GrantKind::Password => (
            "a user's name and password",
            "password",
            quote!(username: impl Into<String>, password: impl Into<runtime::SecretString>,),
            quote!(username, password,),
        ),
        GrantKind::RefreshToken => (
            "a refresh token",
            "refresh_token",
            quote!(refresh_token: impl Into<runtime::SecretString>,),
            quote!(refresh_token,),
        ),
    };
    let constructor = escape::ident(constructor);
    let mut docs = vec![
        format!("Authenticates with tokens that the client obtains with {doc}."),
        String::new(),
        "A token is requested when a call first needs it, and renewed before it expires or when the server rejects it."
            .to_owned(),
    ];
    if let (GrantKind::RefreshToken, Some(latest)) = (grant.kind, &tokens.refresh_token) {
        docs.push(format!("The server may replace the refresh token; `Client::{latest}` returns the latest one."));
    }
    let docs = escape::docs(&docs);
    quote! {
        #docs
        pub fn #method(
            mut self,
            client_id: impl Into<String>,
            client_secret: impl Into<runtime::SecretString>,
            #parameters
        ) -> Self {
            let grant = runtime::generated::Grant::#constructor(#url, client_id, client_secret, #arguments)#basic;
            self.core = self.core.grant(&#constant, grant);
            self
        }
    }
}

fn url_setter(scheme: &Scheme, tokens: &Tokens) -> Option<TokenStream> {
    let (method, constant) = (escape::ident(tokens.url.as_ref()?), constant(scheme));
    Some(quote! {
        /// Sets the URL of the token endpoint instead of the API's own.
        pub fn #method(mut self, url: impl Into<String>) -> Self {
            self.core = self.core.token_url(&#constant, url);
            self
        }
    })
}

fn source_setter(scheme: &Scheme, tokens: &Tokens) -> TokenStream {
    let (method, constant) = (escape::ident(&tokens.source), constant(scheme));
    quote! {
        /// Authenticates with tokens from this source.
        pub fn #method(mut self, source: impl runtime::TokenSource + 'static) -> Self {
            self.core = self.core.token_source(&#constant, source);
            self
        }
    }
}

/// Returns the builder's method that passes issued tokens to the caller, if any scheme has a grant.
pub fn on_token(api: &Api) -> Option<TokenStream> {
    api.schemes.iter().filter_map(|scheme| scheme.tokens.as_ref()).any(|tokens| !tokens.grants.is_empty()).then(|| {
        quote! {
            /// Sets a function that is called with each token that the server issues, before a request is sent with it.
            /// The server may replace the refresh token whenever it issues a token; to authenticate with refresh
            /// tokens, store the new one here.
            pub fn on_token(mut self, listener: impl Fn(&runtime::IssuedToken) + Send + Sync + 'static) -> Self {
                self.core = self.core.on_token(listener);
                self
            }
        }
    })
}

/// Returns the client's methods for a credential that it requests itself.
pub fn client_methods(scheme: &Scheme) -> TokenStream {
    let constant = constant(scheme);
    let Some(tokens) = &scheme.tokens else { return TokenStream::new() };
    let refresh_token = tokens.refresh_token.as_ref().map(|method| {
        let method = escape::ident(method);
        quote! {
            /// Returns the latest refresh token: the last one that the server issued, or the one that the client was
            /// given. Store it for the next start, because the server may invalidate earlier ones.
            pub fn #method(&self) -> Option<runtime::SecretString> {
                self.core.refresh_token(&#constant)
            }
        }
    });
    let revocation = tokens.revocation.as_ref().map(|revocation| {
        let (method, url) = (escape::ident(&revocation.name), escape::string(&revocation.url));
        let by = escape::ident(if revocation.by_bearer { "Bearer" } else { "Client" });
        quote! {
            /// Revokes the current token; does nothing if there is none. The next call requests a new one if the client
            /// can.
            ///
            /// # Errors
            ///
            /// If the server does not revoke the token.
            pub async fn #method(&self) -> Result<(), Error> {
                self.core.revoke_token(&#constant, runtime::generated::Revocation::#by(#url)).await
            }
        }
    });
    quote!(#refresh_token #revocation)
}

/// Returns the static that describes where a credential is sent.
pub fn scheme(scheme: &Scheme) -> TokenStream {
    let (name, text) = (constant(scheme), escape::string(&scheme.name));
    let kind = match &scheme.kind {
        CredentialKind::Header(name) => {
            let name = escape::string(name);
            quote!(Header(#name))
        }
        CredentialKind::Query(name) => {
            let name = escape::string(name);
            quote!(Query(#name))
        }
        CredentialKind::Cookie(name) => {
            let name = escape::string(name);
            quote!(Cookie(#name))
        }
        CredentialKind::Bearer => quote!(Bearer),
        CredentialKind::Basic => quote!(Basic),
        CredentialKind::Http(scheme) => {
            let scheme = escape::string(scheme);
            quote!(Http(#scheme))
        }
    };
    quote! {
        static #name: runtime::generated::Scheme = runtime::generated::Scheme {
            name: #text,
            kind: runtime::generated::SchemeKind::#kind,
        };
    }
}

/// Returns the name of the static that describes where a credential is sent.
pub fn constant(scheme: &Scheme) -> proc_macro2::Ident {
    escape::ident(&names::constant(&scheme.name))
}
