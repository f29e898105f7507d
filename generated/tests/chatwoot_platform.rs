//! Chatwoot's platform API: accounts and users of an entire installation.
#![cfg(feature = "chatwoot")]

mod support;

use crm_clients::chatwoot::types::AccountUserDeletePayload;
use crm_clients::chatwoot::{Client, Error};
use support::{Answer, Outcome, Server, misread};

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().api_access_token("TOKEN").base_url(server.url()).build()
}

#[tokio::test]
async fn accounts_are_listed() -> Outcome {
    let account = include_str!("fixtures/chatwoot/create-an-account.200.json");
    let path = "/platform/api/v1/accounts";
    let server = Server::answering("GET", path, Answer::json(200, format!("[{account}]"))).await?.and(
        "GET",
        path,
        Answer::json(200, r#"{"accounts":[]}"#),
    );
    let accounts = client(&server)?.platform_accounts();

    let listed = accounts.list().await?;
    let fault = misread(accounts.list().await)?;

    assert_eq!(
        listed.iter().map(|account| (account.id, account.name.as_str())).collect::<Vec<_>>(),
        [(7, "Harbour Lane Bakery")]
    );
    assert_eq!((fault.path(), fault.operation()), ("$", "platform_accounts.list"));
    Ok(())
}

#[tokio::test]
async fn a_users_token_is_a_secret() -> Outcome {
    let body = r#"{"access_token":"SECRET","expiry":null,
        "user":{"id":13,"name":"Nova","display_name":null,"email":"nova@example.org","pubsub_token":"SECRET"}}"#;
    let server = Server::answering("POST", "/platform/api/v1/users/13/token", Answer::json(200, body)).await?;

    let token = client(&server)?.platform_users().token(13).await?;

    assert_eq!(server.request()?.text()?, "", "only the user is required");
    assert_eq!((token.user.id, token.access_token.expose()), (13, "SECRET"));
    assert!(!format!("{token:?}").contains("SECRET"), "{token:?}");
    Ok(())
}

#[tokio::test]
async fn a_user_is_removed_from_an_account() -> Outcome {
    let path = "/platform/api/v1/accounts/7/account_users";
    let server = Server::answering("DELETE", path, Answer::json(200, "")).await?;

    client(&server)?.platform_account_users(7).delete(AccountUserDeletePayload::new(13)).await?;

    assert_eq!(server.request()?.text()?, r#"{"user_id":13}"#);
    Ok(())
}
