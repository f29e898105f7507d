//! Kajabi's tokens: requested with an API key, renewed, and revoked.
#![cfg(feature = "kajabi")]

mod support;

use crm_clients::kajabi::{Builder, Client, Error};
use crm_clients::runtime::{FetchingToken, Token, TokenSource};
use support::{Answer, Outcome, Server};

const TOKEN: &str = "/v1/oauth/token";
const ME: &str = "/v1/me";
const USER: &str =
    r#"{"data":{"id":"1","type":"users","attributes":{"name":"Alice Ngo","email":"alice@acme.example"}}}"#;
const EXPIRED: &str = r#"{"errors":[{"status":"401","title":"Unauthorized","detail":"Token is expired"}]}"#;

fn builder(server: &Server) -> Builder {
    Client::builder().base_url(server.url())
}

/// Returns a token response, as in the document's example.
fn tokens(access: &str, refresh: &str) -> Answer {
    let body = r#"{"access_token":"ACCESS","refresh_token":"REFRESH","token_type":"Bearer","expires_in":7200}"#;
    Answer::json(200, body.replace("ACCESS", access).replace("REFRESH", refresh))
}

fn user() -> Answer {
    Answer::json_api(200, USER)
}

fn expired() -> Answer {
    Answer::json_api(401, EXPIRED)
}

#[tokio::test]
async fn a_caller_only_sets_an_api_key() -> Outcome {
    let server = Server::answering("GET", "/v1/version", Answer::json(200, "{}"))
        .await?
        .and("POST", TOKEN, tokens("A1", "R1"))
        .and("GET", ME, user())
        .and("GET", ME, expired())
        .and("POST", TOKEN, tokens("A2", "R2"))
        .and("GET", ME, user())
        .and("POST", "/v1/oauth/revoke", Answer::new(200, "", ""));
    let kajabi = builder(&server).client_credentials("id", "SECRET").build()?;

    kajabi.version().get().await?;
    kajabi.me().get().await?;
    let me = kajabi.me().get().await?;
    kajabi.revoke_token().await?;

    assert_eq!(me.data.id, "1");
    let requests = server.requests()?;
    assert_eq!(requests[0].header("authorization"), [""; 0], "the version needs no token");
    assert_eq!(
        requests[1].shown()?,
        "POST /v1/oauth/token\n\
         accept: application/json\n\
         content-type: application/x-www-form-urlencoded\n\
         \n\
         grant_type=client_credentials&client_id=id&client_secret=SECRET"
    );
    let sent: Vec<_> = requests[2..].iter().map(|request| request.header("authorization").concat()).collect();
    assert_eq!(sent, ["Bearer A1", "Bearer A1", "", "Bearer A2", "Bearer A2"]);
    assert_eq!(requests[6].text()?, "token=A2");
    assert!(!format!("{kajabi:?}").contains("SECRET"), "{kajabi:?}");
    Ok(())
}

#[tokio::test]
async fn a_user_or_a_refresh_token_can_be_used() -> Outcome {
    let server = Server::answering("POST", TOKEN, tokens("A1", "R1")).await?.and("GET", ME, user());
    builder(&server).password("id", "secret", "alice", "pw").build()?.me().get().await?;
    assert_eq!(
        server.requests()?[0].text()?,
        "grant_type=password&username=alice&password=pw&client_id=id&client_secret=secret"
    );

    let server = Server::answering("POST", TOKEN, tokens("A1", "R1")).await?.and("GET", ME, user());
    let kajabi = builder(&server).refresh_token("id", "secret", "R0").build()?;
    kajabi.me().get().await?;
    assert_eq!(
        server.requests()?[0].text()?,
        "grant_type=refresh_token&refresh_token=R0&client_id=id&client_secret=secret"
    );
    assert!(kajabi.refresh_token().is_some());
    Ok(())
}

#[tokio::test]
async fn a_rejected_key_is_distinguished_from_a_rejected_call() -> Outcome {
    let body = r#"{"error":"Invalid client credentials"}"#;
    let server = Server::answering("POST", TOKEN, Answer::json(401, body)).await?;

    match builder(&server).client_credentials("id", "SECRET").build()?.contacts().list().await {
        Err(Error::Auth(error)) => {
            assert_eq!(error.to_string(), "contacts.list: no token: 401 Invalid client credentials");
            assert_eq!(error.error(), Some("Invalid client credentials"));
        }
        other => return Err(format!("{other:?}").into()),
    }
    server.request()?;
    Ok(())
}

struct Vault;

impl TokenSource for Vault {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async { Ok(Token::new("FROM-THE-VAULT")) })
    }
}

#[tokio::test]
async fn tokens_from_a_custom_source() -> Outcome {
    let server = Server::answering("GET", ME, user()).await?;
    builder(&server).token_source(Vault).build()?.me().get().await?;
    assert_eq!(server.request()?.header("authorization"), ["Bearer FROM-THE-VAULT"]);
    Ok(())
}
