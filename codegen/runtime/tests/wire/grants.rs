//! Requests to token endpoints: grants and revocations, and their URLs.

use crm_clients_runtime::Error;
use crm_clients_runtime::generated::{Core, Grant, Revocation};
use secrecy::ExposeSecret as _;

use crate::server::{Server, reply};
use crate::tokens::{builder, client, client_credentials, ok, read, token};
use crate::{BASIC, BEARER, ErrorBody, Outcome};

#[tokio::test]
async fn each_grant_has_its_form() -> Outcome {
    let with_refresh = reply("200 OK", &[], r#"{"access_token":"t","refresh_token":"r2"}"#);
    let cases = [
        (client_credentials("/token").basic(), "grant_type=client_credentials", true),
        (
            Grant::password("/token", "id", "secret", "me", "p&w"),
            "grant_type=password&username=me&password=p%26w",
            false,
        ),
        (Grant::refresh_token("/token", "id", "secret", "r1"), "grant_type=refresh_token&refresh_token=r1", false),
    ];
    for (grant, expected, basic) in cases {
        let server = Server::answering([with_refresh.clone(), ok()]).await?;
        let core = builder(server.url()).grant(&BEARER, grant).build()?;
        read(&core).await?;
        let request = server.requests().remove(0);
        let identity = if basic { "" } else { "&client_id=id&client_secret=secret" };
        assert_eq!(request.body, format!("{expected}{identity}"));
        // The id and secret are form-encoded before they are encoded as in RFC 7617.
        let header = basic.then_some("Basic aWQrJTI2K2NvOnMzY3JldCUyQg==");
        assert_eq!(request.header("authorization"), header);
        assert!(core.refresh_token(&BEARER).is_some());
    }
    Ok(())
}

#[tokio::test]
async fn issued_tokens_are_passed_to_the_caller_before_they_are_used() -> Outcome {
    let rotated = reply("200 OK", &[], r#"{"access_token":"t1","refresh_token":"r2","expires_in":600}"#);
    let kept = reply("200 OK", &[], r#"{"access_token":"t2"}"#);
    let unauthorized = reply("401 Unauthorized", &[], "");
    let server = std::sync::Arc::new(Server::answering([rotated, unauthorized, kept, ok()]).await?);
    let issued = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (seen, at) = (issued.clone(), server.clone());
    let core = builder(server.url())
        .grant(&BEARER, Grant::refresh_token("/token", "id", "secret", "r1"))
        .on_token(move |token| {
            let refresh_token = token.refresh_token.as_ref().map(|token| token.expose_secret().to_owned());
            let access_token = token.access_token.expose_secret().to_owned();
            let entry = (token.scheme, access_token, refresh_token, token.lifetime, at.requests().len());
            seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(entry);
            assert!(!format!("{token:?}").contains("t1"), "Debug shows the token");
        })
        .build()?;
    read(&core).await?;
    let lifetime = Some(std::time::Duration::from_secs(600));
    let expected =
        [("bearer", "t1".to_owned(), Some("r2".to_owned()), lifetime, 1), ("bearer", "t2".to_owned(), None, None, 3)];
    assert_eq!(*issued.lock().unwrap_or_else(std::sync::PoisonError::into_inner), expected);
    assert!(server.requests()[2].body.contains("refresh_token=r2"));
    Ok(())
}

#[tokio::test]
async fn urls_of_the_document_follow_the_base_url() -> Outcome {
    let elsewhere = Server::answering([token("t")]).await?;
    let cases =
        [("https://api.example/v1/token?a=b", "/proxy/token?a=b"), ("token", "/proxy/token"), ("/token", "/token")];
    for (url, expected) in cases {
        let server = Server::answering([token("t"), ok()]).await?;
        let core = builder(format!("{}/proxy", server.url())).grant(&BEARER, client_credentials(url)).build()?;
        read(&core).await?;
        assert_eq!(server.requests()[0].first_line(), format!("POST {expected} HTTP/1.1"), "{url}");
    }
    let api = Server::answering([ok()]).await?;
    read(&client(&api, &elsewhere)?).await?;
    assert_eq!((elsewhere.requests().len(), api.requests().len()), (1, 1));

    for url in ["http://login.example/token", "https://api.example.evil/v1", "ftp://login.example/", "https://"] {
        let built = builder("http://127.0.0.1:1".to_owned()).grant(&BEARER, client_credentials(url)).build();
        assert_eq!(built.is_ok(), url == "https://api.example.evil/v1", "{url}");
    }
    let allowed = builder("http://127.0.0.1:1".to_owned()).allow_http(true);
    allowed.grant(&BEARER, client_credentials("http://login.example/token")).build()?;
    Ok(())
}

async fn revoke(core: &Core, revocation: Revocation) -> Result<(), Error<ErrorBody>> {
    core.revoke_token(&BEARER, revocation).await
}

#[tokio::test]
async fn a_token_is_revoked() -> Outcome {
    let ended = || reply("200 OK", &[], "");
    for (revocation, header, form) in [
        (Revocation::Bearer("/end"), Some("Bearer t1"), "token=t1"),
        (Revocation::Client("/end"), None, "token=t1&client_id=id+%26+co&client_secret=s3cret%2B"),
    ] {
        let (api, tokens) =
            (Server::answering([ok(), ended(), ok()]).await?, Server::answering([token("t1"), token("t2")]).await?);
        let core = client(&api, &tokens)?;
        revoke(&core, revocation).await?;
        assert_eq!(api.requests(), [], "there was no token yet");
        read(&core).await?;
        revoke(&core, revocation).await?;
        read(&core).await?;
        let requests = api.requests();
        assert_eq!(requests[1].first_line(), "POST /end HTTP/1.1");
        assert_eq!((requests[1].header("authorization"), requests[1].body.as_str()), (header, form));
        assert_eq!(requests[2].header("authorization"), Some("Bearer t2"));
    }

    // A login page does not revoke a token.
    let page = reply("200 OK", &["Content-Type: text/html"], "<html>");
    let moved = reply("302 Found", &["Location: /login"], "");
    for (answers, expected) in [
        (vec![page.clone()], "revoke_token: invalid 200 response at $: the body is an HTML page"),
        (vec![moved, page], "revoke_token: a redirect was not followed: status 302"),
    ] {
        let api = Server::answering(answers).await?;
        let core = builder(api.url()).credential(&BEARER, "static").build()?;
        let error = revoke(&core, Revocation::Bearer("/end")).await.err().ok_or("it was revoked")?;
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(api.requests().len(), 1);
    }

    let api = Server::answering([reply("403 Forbidden", &[], "[]"), ok()]).await?;
    let core = builder(api.url()).credential(&BEARER, "static").credential(&BASIC, "u:p").build()?;
    let refused = revoke(&core, Revocation::Bearer("/end")).await;
    assert_eq!(refused.err().map(|error| error.to_string()).as_deref(), Some("revoke_token: 403 Forbidden: []"));
    assert_eq!(api.request()?.body, "token=static");
    Ok(())
}

#[tokio::test]
async fn the_token_url_can_be_set() -> Outcome {
    let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([token("t1")]).await?);
    let builder = builder(api.url()).grant(&BEARER, client_credentials("https://login.example/token"));
    let core = builder.clone().token_url(&BEARER, format!("{}/own?a=b", tokens.url())).build()?;
    read(&core).await?;
    assert_eq!(tokens.request()?.first_line(), "POST /own?a=b HTTP/1.1");
    assert_eq!(api.request()?.header("authorization"), Some("Bearer t1"));
    let error = builder.token_url(&BEARER, "http://login.example/token").build().err().ok_or("it is not encrypted")?;
    assert!(error.to_string().contains("cannot be used"), "{error}");
    Ok(())
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn a_mock_issues_tokens_instead_of_the_documented_server() -> Outcome {
    use crm_clients_runtime::mock::{Route, Server};

    let mock = Server::start(vec![Route::of(&crate::tokens::READ)]).await?;
    mock.on(&crate::tokens::READ).json(serde_json::json!({ "n": 1 }));
    let core = Core::builder("tests", "https://api.example").mock(&mock);
    let core = core.grant(&BEARER, client_credentials("https://login.example/oauth/token?a=b")).build()?;
    read(&core).await?;
    core.revoke_token::<ErrorBody>(&BEARER, Revocation::Client("https://login.example/oauth/revoke")).await?;
    let targets: Vec<_> = mock.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/oauth/token?a=b", "/things", "/oauth/revoke"]);
    assert_eq!(mock.requests()[1].headers["authorization"], "Bearer mock-token");
    Ok(mock.verify()?)
}
