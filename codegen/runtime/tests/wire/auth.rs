//! Where secrets go, and where they do not.

use crm_clients_runtime::Core;
use crm_clients_runtime::generated::{Call, Scheme};

use crate::server::{Request, Server, reply};
use crate::{BASIC, BEARER, COOKIE_KEY, GET, KEY, Outcome, QUERY_KEY};

/// The request that a client with these credentials sends.
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
    assert_eq!(sent(&[(&COOKIE_KEY, "s%3D1")]).await?.header("cookie"), Some("theme=dark; session=s%3D1"));
    Ok(())
}

#[tokio::test]
async fn the_first_alternative_that_is_configured_whole_is_sent() -> Outcome {
    let request = sent(&[(&KEY, "half"), (&BASIC, "u:p"), (&BEARER, "old"), (&BEARER, "new")]).await?;
    assert_eq!(request.header("authorization"), Some("Bearer new"));
    assert_eq!(request.header("api_access_token"), None);
    assert_eq!(sent(&[(&KEY, "half")]).await?.header("api_access_token"), None);
    Ok(())
}

#[tokio::test]
async fn a_secret_cannot_carry_a_line_and_is_not_shown() -> Outcome {
    for scheme in [&BEARER, &COOKIE_KEY] {
        let error = sent(&[(scheme, "hunter2\r\nX: y")]).await.err().ok_or("it was sent")?;
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("holds a character that cannot be sent") && !shown.contains("hunter2"), "{shown}");
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
