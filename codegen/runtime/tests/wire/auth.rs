//! The places where secrets are sent, and where they are not.

use crm_clients_runtime::Error;
use crm_clients_runtime::generated::{Call, Core, Grant, Method, Operation, Scheme, decode};

use crate::server::{Request, Server, reply};
use crate::{BASIC, BEARER, COOKIE_KEY, ERRORS, ErrorBody, GET, KEY, Outcome, QUERY_KEY};

/// Returns the request that a client with these credentials sends.
async fn sent(credentials: &[(&'static Scheme, &str)]) -> Result<Request, Box<dyn std::error::Error>> {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut builder = Core::builder("tests", "https://api.example").base_url(server.url());
    for (scheme, secret) in credentials {
        builder = builder.credential(scheme, *secret);
    }
    let mut call = Call::new(&builder.build()?, &GET, &[&1i64]);
    call.cookie("theme", "dark");
    call.await?;
    Ok(server.request()?)
}

#[tokio::test]
async fn each_kind_of_credential() -> Outcome {
    let both = sent(&[(&KEY, "s3cret"), (&QUERY_KEY, "a&b")]).await?;
    assert_eq!(both.first_line(), "GET /things/1?fixed=1&api%20key=a%26b HTTP/1.1");
    assert_eq!(both.header("api_access_token"), Some("s3cret"));
    assert_eq!(sent(&[(&BEARER, "token")]).await?.header("authorization"), Some("Bearer token"));
    assert_eq!(sent(&[(&BASIC, "user:pässword")]).await?.header("authorization"), Some("Basic dXNlcjpww6Rzc3dvcmQ="));
    let spaced = sent(&[(&COOKIE_KEY, "a b\"c")]).await?;
    assert_eq!(spaced.header("cookie"), Some("theme=dark; session=a%20b%22c"));
    assert_eq!(sent(&[(&COOKIE_KEY, "s%3D1")]).await?.header("cookie"), Some("theme=dark; session=s%3D1"));
    Ok(())
}

#[tokio::test]
async fn the_first_fully_configured_alternative_is_sent() -> Outcome {
    let request = sent(&[(&KEY, "half"), (&BASIC, "u:p"), (&BEARER, "old"), (&BEARER, "new")]).await?;
    assert_eq!(request.header("authorization"), Some("Bearer new"));
    assert_eq!(request.header("api_access_token"), None);
    assert_eq!(sent(&[(&KEY, "half")]).await?.header("api_access_token"), None);
    Ok(())
}

#[tokio::test]
async fn a_secret_cannot_contain_a_line_break_and_is_not_shown() -> Outcome {
    for scheme in [&BEARER, &COOKIE_KEY] {
        let error = sent(&[(scheme, "hunter2\r\nX: y")]).await.err().ok_or("it was sent")?;
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("contains a character that cannot be sent") && !shown.contains("hunter2"), "{shown}");
    }
    Ok(())
}

#[test]
fn debug_shows_no_secret() -> Outcome {
    let builder =
        Core::builder("tests", "https://api.example").credential(&KEY, "hunter2").credential(&BASIC, "me:hunter2");
    let core = builder.clone().build()?;
    let call = Call::new(&core, &GET, &[&1i64]);
    assert_eq!(
        format!("{core:?}"),
        r#"Core { api: "tests", base_url: "https://api.example", credentials: {"key": "[redacted]", "basic": "[redacted]"}, .. }"#
    );
    assert_eq!(
        format!("{call:?}"),
        r#"Call { operation: "things.get", method: GET, path: "/things/{id}?fixed=1#part", .. }"#
    );
    assert!(!format!("{builder:?}").contains("hunter2"));
    Ok(())
}

static CLOSED: Operation<(), ErrorBody> = Operation {
    name: "things.delete",
    method: Method::DELETE,
    idempotent: true,
    path: "/things",
    security: &[&[&KEY, &QUERY_KEY], &[&BEARER]],
    accept: "",
    decode: decode::empty,
    errors: ERRORS,
};

#[tokio::test]
async fn a_missing_credential_is_named_and_nothing_is_sent() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url());
    for (builder, expected) in [
        (builder.clone(), "`key` and `query`, or `bearer`"),
        (builder.clone().credential(&KEY, "half"), "`query`, or `bearer`"),
    ] {
        match Call::new(&builder.build()?, &CLOSED, &[]).await {
            Err(error @ Error::Request(_)) => assert_eq!(
                error.to_string(),
                format!("things.delete: missing credential: set {expected} on the client's builder")
            ),
            outcome => return Err(format!("{outcome:?}").into()),
        }
    }
    assert_eq!(server.connections(), 0);
    // A call can set its own credential.
    Call::new(&builder.build()?, &CLOSED, &[]).header("Authorization", "Bearer mine").await?;
    assert_eq!(server.request()?.header("authorization"), Some("Bearer mine"));
    Ok(())
}

#[test]
fn an_invalid_credential_is_an_error_with_its_name() -> Outcome {
    let builder = || Core::builder("tests", "https://api.example");
    let grant = |id: &str, secret: &str| Grant::client_credentials("/token", id, secret);
    let cases = [
        (builder().credential(&BEARER, ""), "the credential for `bearer` is empty"),
        (builder().credential(&KEY, " "), "the credential for `key` is empty"),
        (builder().credential(&QUERY_KEY, ""), "the credential for `query` is empty"),
        (builder().credential(&COOKIE_KEY, "a;b"), "the credential for `cookie` contains a character"),
        (builder().basic_credential(&BASIC, "a:b", "c"), "the user name for `basic` contains a colon"),
        (builder().basic_credential(&BASIC, "", ""), "the credential for `basic` is empty"),
        (builder().grant(&BEARER, grant("", "s")), "the client id for `client_credentials` is empty"),
        (builder().grant(&BEARER, grant("i", "")), "the client secret for `client_credentials` is empty"),
        (
            builder().grant(&BEARER, Grant::refresh_token("/token", "i", "s", "")),
            "the refresh token for `refresh_token` is empty",
        ),
    ];
    for (builder, expected) in cases {
        let error = builder.build().err().ok_or(expected)?;
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    builder().basic_credential(&BASIC, "user", "pass:word").build()?;
    Ok(())
}

#[tokio::test]
async fn a_secret_that_the_server_echoes_is_not_shown() -> Outcome {
    let echo = |status: &str| {
        let body = r#"{"error": "bad key hunter2/\"", "url": "?k=hunter2%2F%22"}"#;
        reply(status, &["X-Request-Id: hunter2/\""], body)
    };
    for status in ["422 Unprocessable Entity", "401 Unauthorized", "200 OK"] {
        let server = Server::answering([echo(status)]).await?;
        let core = Core::builder("tests", "https://api.example").base_url(server.url());
        let core = core.credential(&BEARER, "hunter2/\"").build()?;
        let error = Call::new(&core, &GET, &[&1i64]).await.err().ok_or("it was accepted")?;
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let shown = format!("{error} {error:?} {error:#?} {source:?}");
        assert!(!shown.contains("hunter2") && shown.contains("[redacted]"), "{shown}");
        assert!(error.raw_body().is_some_and(|body| body.windows(7).any(|part| part == b"hunter2")), "as it came");
    }
    // A credential set for one call is a secret too.
    let server = Server::answering([echo("403 Forbidden")]).await?;
    let call =
        Call::new(&Core::builder("tests", "https://api.example").base_url(server.url()).build()?, &GET, &[&1i64]);
    let error = call.header("Authorization", "Bearer hunter2/\"").await.err().ok_or("it was accepted")?;
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    Ok(())
}
