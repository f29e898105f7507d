//! Tokens that the client fetches: the time and number of fetches, and calls without a token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, CoreBuilder, Grant, Method, Operation, decode};
use crm_clients_runtime::{
    AuthError, Error, FetchingToken, RequestError, Retry, SecretString, Token, TokenSource, Upload,
};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::server::{Request, Server, reply};
use crate::token_server::TokenServer;
use crate::uploads::Pieces;
use crate::{BEARER, ERRORS, ErrorBody, KEY, Numbers, Outcome};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Maximum backoff of a token source after its first failure.
const BACKOFF: Duration = Duration::from_secs(1);

pub static READ: Operation<Numbers, ErrorBody> = Operation {
    name: "things.get",
    method: Method::GET,
    idempotent: true,
    path: "/things",
    security: &[&[&BEARER], &[&KEY]],
    accept: "",
    decode: decode::json,
    errors: ERRORS,
};

static WRITE: Operation<(), ErrorBody> = Operation {
    name: "things.create",
    method: Method::POST,
    idempotent: false,
    path: "/things",
    security: &[&[&BEARER]],
    accept: "",
    decode: decode::empty,
    errors: ERRORS,
};

static OPEN: Operation<(), ErrorBody> = Operation {
    name: "things.version",
    method: Method::GET,
    idempotent: true,
    path: "/version",
    security: &[],
    accept: "",
    decode: decode::empty,
    errors: ERRORS,
};

pub fn builder(url: String) -> CoreBuilder {
    let retry = Retry::default().first_delay(MILLISECOND);
    Core::builder("tests", "https://api.example/v1").base_url(url).retry(retry)
}

/// Returns the token endpoint of a server as it would be in a document.
pub fn endpoint(server: &Server) -> &'static str {
    format!("{}/token", server.url()).leak()
}

pub fn client_credentials(url: &'static str) -> Grant {
    Grant::client_credentials(url, "id & co", "s3cret+")
}

/// Returns a client of one server with tokens from another.
pub fn client(api: &Server, tokens: &Server) -> Result<Core, RequestError> {
    builder(api.url()).grant(&BEARER, client_credentials(endpoint(tokens))).build()
}

pub fn read(core: &Core) -> Call<Numbers, ErrorBody> {
    Call::new(core, &READ, &[])
}

pub fn write(core: &Core) -> Call<(), ErrorBody> {
    Call::new(core, &WRITE, &[])
}

pub fn ok() -> String {
    reply("200 OK", &[], "{}")
}

pub fn unauthorized() -> String {
    reply("401 Unauthorized", &[], "[\"expired\"]")
}

pub fn token(name: &str) -> String {
    reply("200 OK", &[], &format!(r#"{{"access_token":"{name}","token_type":"Bearer","expires_in":3600}}"#))
}

pub fn sent_with(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|request| request.header("authorization").unwrap_or("-")).collect()
}

/// Returns the error of a call without a token.
pub fn no_token<T: std::fmt::Debug>(outcome: Result<T, Error<ErrorBody>>) -> Result<AuthError, String> {
    match outcome {
        Err(Error::Auth(error)) => Ok(*error),
        other => Err(format!("{other:?}")),
    }
}

#[tokio::test]
async fn a_token_is_fetched_on_first_use_and_shared() -> Outcome {
    let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([token("t1")]).await?);
    let core = client(&api, &tokens)?;
    Call::new(&core, &OPEN, &[]).await?;
    read(&core).header("Authorization", "Bearer mine").await?;
    assert_eq!(tokens.requests(), [], "nothing needed a token");

    read(&core).await?;
    write(&core.clone()).await?;
    let request = tokens.request()?;
    assert_eq!(request.first_line(), "POST /token HTTP/1.1");
    assert_eq!(request.body, "grant_type=client_credentials&client_id=id+%26+co&client_secret=s3cret%2B");
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(sent_with(&api.requests()), ["-", "Bearer mine", "Bearer t1", "Bearer t1"]);
    Ok(())
}

#[tokio::test]
async fn one_fetch_serves_all_waiting_calls() -> Outcome {
    let (api, tokens) =
        (Server::answering([ok()]).await?, Server::answering([format!("slow:{}", token("t1")), token("t2")]).await?);
    let core = client(&api, &tokens)?;
    let mut calls: JoinSet<_> = (0..50).map(|_| read(&core).send()).collect();
    while let Some(outcome) = calls.join_next().await {
        outcome??;
    }
    assert_eq!(tokens.requests().len(), 1);
    assert_eq!(sent_with(&api.requests()), ["Bearer t1"; 50]);
    Ok(())
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() -> Outcome {
    let lifetimes = [
        (r#","expires_in":3600"#, 1),
        (r#","expires_in":"3600""#, 1),
        (r#","expires_in":1e300"#, 1),
        (r#","expires_in":"soon""#, 1),
        (r#","expires_in":null"#, 1),
        ("", 1),
        (r#","expires_in":0"#, 2),
        (r#","expires_in":-5"#, 2),
    ];
    for (lifetime, expected) in lifetimes {
        let granted = reply("200 OK", &[], &format!(r#"{{"access_token":"t"{lifetime}}}"#));
        let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([granted]).await?);
        let core = client(&api, &tokens)?;
        read(&core).await?;
        read(&core).await?;
        assert_eq!((tokens.requests().len(), api.requests().len()), (expected, 2), "{lifetime}");
    }

    let brief = reply("200 OK", &[], r#"{"access_token":"t1","expires_in":1}"#);
    let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([brief, token("t2")]).await?);
    let core = client(&api, &tokens)?;
    read(&core).await?;
    sleep(1050 * MILLISECOND).await;
    read(&core).await?;
    assert_eq!(sent_with(&api.requests()), ["Bearer t1", "Bearer t2"]);
    Ok(())
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() -> Outcome {
    let tokens = || Server::answering([token("t1"), token("t2"), token("t3")]);
    for retry in [Retry::never(), Retry::default().first_delay(MILLISECOND)] {
        let (api, tokens) = (Server::answering([unauthorized(), ok()]).await?, tokens().await?);
        let mut call = write(&client(&api, &tokens)?).retry(retry);
        call.text("text/plain", "once");
        call.await?;
        let requests = api.requests();
        assert_eq!(sent_with(&requests), ["Bearer t1", "Bearer t2"]);
        assert!(requests.iter().all(|request| request.body == "once"));
        assert_eq!(tokens.requests().len(), 2);
    }

    let (api, tokens) = (Server::answering([unauthorized()]).await?, tokens().await?);
    match read(&client(&api, &tokens)?).await {
        Err(Error::Api(error)) => assert_eq!(error.body(), &ErrorBody::Client(vec!["expired".to_owned()])),
        other => return Err(format!("{other:?}").into()),
    }
    assert_eq!((api.requests().len(), tokens.requests().len()), (2, 2));
    Ok(())
}

#[tokio::test]
async fn a_call_that_cannot_be_retried_only_drops_the_token() -> Outcome {
    // A stream, and a POST that was processed before its redirect was rejected.
    let moved = reply("307 Temporary Redirect", &["Location: /things/1"], "");
    for (replies, streamed) in [(vec![unauthorized(), ok()], true), (vec![moved, unauthorized(), ok()], false)] {
        let (api, tokens) =
            (Server::answering(replies.clone()).await?, Server::answering([token("t1"), token("t2")]).await?);
        let core = client(&api, &tokens)?;
        let mut call = write(&core);
        if streamed {
            call.bytes("text/plain", Upload::stream(Pieces::of(&["once"]), None));
        }
        assert_eq!(call.await.err().and_then(|error| Some(error.status()?.as_u16())), Some(401));
        assert_eq!((api.requests().len(), tokens.requests().len()), (replies.len() - 1, 1));
        write(&core).await?;
        assert_eq!(sent_with(&api.requests()).last(), Some(&"Bearer t2"));
    }
    Ok(())
}

#[tokio::test]
async fn a_fixed_secret_is_not_renewed() -> Outcome {
    let api = Server::answering([unauthorized(), ok()]).await?;
    let core = builder(api.url()).credential(&BEARER, "static").build()?;
    assert_eq!(read(&core).await.err().and_then(|error| Some(error.status()?.as_u16())), Some(401));
    assert_eq!(sent_with(&api.requests()), ["Bearer static"]);
    Ok(())
}

#[tokio::test]
async fn an_error_of_the_token_endpoint_is_reported_to_all_calls() -> Outcome {
    let refused = reply("401 Unauthorized", &[], r#"{"error":"invalid_client","error_description":"no such key"}"#);
    let sentence = reply("400 Bad Request", &["x-request-id: r7"], r#"{"error":"Key was deleted","form":"s3cret+"}"#);
    let page = reply("403 Forbidden", &[], "<html>s3cret+</html>");
    let empty = reply("200 OK", &[], r#"{"token":"s3cret+"}"#);
    let html = reply("200 OK", &["content-type: text/html"], "<html>s3cret+</html>");
    let moved = reply("302 Found", &["Location: http://elsewhere.example/"], "");
    let unreadable = "things.get: no token: client_credentials: invalid 200 response at $: cannot read the \
                      `access_token` (the body is not shown because it may contain one)";
    let cases = [
        (refused, "things.get: no token: 401 invalid_client: no such key", Some(401)),
        (sentence, "things.get: no token: 400 Key was deleted", Some(400)),
        (page, "things.get: no token: 403 Forbidden", Some(403)),
        (reply("500 Oops", &[], ""), "things.get: no token: 500 Internal Server Error", Some(500)),
        (empty, unreadable, Some(200)),
        (html, unreadable, Some(200)),
        (
            moved,
            "things.get: no token: client_credentials: a redirect was not followed: it leads to http://elsewhere.example, \
             where credentials must not be sent",
            Some(302),
        ),
    ];
    for (answer, message, status) in cases {
        let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([answer, token("t")]).await?);
        let core = client(&api, &tokens)?;
        let error = read(&core).await.err().ok_or("it had a token")?;
        assert_eq!((error.to_string().as_str(), error.status().map(|status| status.as_u16())), (message, status));
        assert_eq!(error.operation(), Some("things.get"));
        let printed = format!("{error} {error:?} {:?} {core:?}", error.underlying());
        assert!(!printed.contains("s3cret"), "{printed}");
        // The next calls fail with the same error, and the endpoint is not called for a while.
        let error = read(&core).await.err().ok_or("it had a token")?;
        assert_eq!((error.to_string().as_str(), error.status().map(|status| status.as_u16())), (message, status));
        assert_eq!((api.requests().len(), tokens.requests().len()), (0, 1), "{message}");
    }
    Ok(())
}

#[tokio::test]
async fn errors_of_the_token_endpoint_have_accessors() -> Outcome {
    let body = r#"{"error":"invalid_grant","error_description":"expired"}"#;
    let (api, tokens) = (
        Server::answering([ok()]).await?,
        Server::answering([reply("400 Bad Request", &["x-request-id: r7"], body)]).await?,
    );
    let outcome = read(&client(&api, &tokens)?).await;
    assert_eq!(outcome.as_ref().err().and_then(Error::request_id), Some("r7"));
    let error = no_token(outcome)?;
    assert_eq!((error.error(), error.error_description()), (Some("invalid_grant"), Some("expired")));
    assert_eq!(error.raw_body().map(|body| &body[..]), Some(body.as_bytes()));
    Ok(())
}

#[tokio::test]
async fn token_requests_use_the_retry_policy_of_the_client() -> Outcome {
    let busy = reply("429 Too Many Requests", &["Retry-After: 0"], "Retry later\n");
    let down = reply("503 Service Unavailable", &[], "");
    let refresh = |url| Grant::refresh_token(url, "id", "secret", "r1");
    let password = |url| Grant::password(url, "id", "secret", "me", "pw");
    for (first, make, expected) in [
        (&busy, &client_credentials as &dyn Fn(&'static str) -> Grant, 2),
        (&down, &client_credentials, 2),
        (&down, &password, 2),
        (&busy, &refresh, 2),
        // A refresh token may already have been used up.
        (&down, &refresh, 1),
    ] {
        let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([first, &token("t")]).await?);
        let outcome = read(&builder(api.url()).grant(&BEARER, make(endpoint(&tokens))).build()?).await;
        assert_eq!((outcome.is_ok(), tokens.requests().len()), (expected == 2, expected), "{first}");
    }

    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let url = format!("http://{}/token", socket.local_addr()?).leak();
    let api = Server::answering([ok()]).await?;
    let core = builder(api.url()).grant(&BEARER, client_credentials(url)).build()?;
    let error = read(&core).await.err().ok_or("nobody listened")?;
    assert!(
        error.is_connect()
            && error.to_string().starts_with("things.get: no token: client_credentials: could not connect")
    );
    assert!(error.underlying().is_some());
    let _listening = Server::on(socket.listen(8)?, [token("t")])?;
    sleep(BACKOFF).await;
    read(&core).await?;
    assert_eq!(api.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn waiting_for_a_token_counts_towards_the_call_time() -> Outcome {
    let (api, tokens) =
        (Server::answering([ok()]).await?, Server::answering([format!("slow:{}", token("t1")), token("t2")]).await?);
    let core = client(&api, &tokens)?;
    let hurried = read(&core).retry(Retry::never().max_elapsed(300 * MILLISECOND)).await;
    assert!(matches!(hurried, Err(Error::Transport(error)) if error.is_timeout()));
    assert_eq!(api.requests(), []);
    read(&core).await?;
    assert_eq!((tokens.requests().len(), sent_with(&api.requests())), (1, vec!["Bearer t1"]));
    Ok(())
}

/// Drops a call as soon as its token has been requested.
async fn drop_while_fetching(core: &Core, tokens: &Server) -> Outcome {
    let asked = async {
        while tokens.requests().is_empty() {
            sleep(MILLISECOND).await;
        }
    };
    tokio::select! {
        outcome = read(core).send() => Err(format!("{outcome:?}").into()),
        () = asked => Ok(()),
    }
}

#[tokio::test]
async fn a_dropped_call_loses_no_refresh_token() -> Outcome {
    let rotated = reply("200 OK", &[], r#"{"access_token":"t1","refresh_token":"r2"}"#);
    let (api, tokens) = (
        Server::answering([ok(), unauthorized(), ok()]).await?,
        Server::answering([format!("slow:{rotated}"), token("t2")]).await?,
    );
    let grant = Grant::refresh_token(endpoint(&tokens), "id", "secret", "r1");
    let core = builder(api.url()).grant(&BEARER, grant).build()?;
    drop_while_fetching(&core, &tokens).await?;
    assert_eq!(core.refresh_token(&BEARER).map(exposed).as_deref(), Some("r1"));
    read(&core).await?;
    assert_eq!(core.refresh_token(&BEARER).map(exposed).as_deref(), Some("r2"));
    read(&core).await?;
    let forms: Vec<_> = tokens.requests().into_iter().map(|request| request.body).collect();
    let form = |token| format!("grant_type=refresh_token&refresh_token={token}&client_id=id&client_secret=secret");
    assert_eq!(forms, [form("r1"), form("r2")]);
    assert_eq!(sent_with(&api.requests()), ["Bearer t1", "Bearer t1", "Bearer t2"]);
    // The second response has no refresh token, so the first one's remains valid.
    assert_eq!(core.refresh_token(&BEARER).map(exposed).as_deref(), Some("r2"));
    Ok(())
}

fn exposed(secret: SecretString) -> String {
    secrecy::ExposeSecret::expose_secret(&secret).to_owned()
}

#[tokio::test]
async fn a_fetch_continues_when_its_call_is_dropped() -> Outcome {
    let (api, tokens) =
        (Server::answering([ok()]).await?, Server::answering([format!("slow:{}", token("t1")), token("t2")]).await?);
    let core = client(&api, &tokens)?;
    drop_while_fetching(&core, &tokens).await?;
    sleep(1200 * MILLISECOND).await;
    let hurried = read(&core).timeout(500 * MILLISECOND).await?;
    assert_eq!((hurried.len(), tokens.requests().len()), (0, 1));
    assert_eq!(sent_with(&api.requests()), ["Bearer t1"]);
    Ok(())
}

/// Fails on the first fetch, panics on the second, and then returns `own-3`, `own-4` and so on.
#[derive(Default)]
struct Own(Arc<AtomicUsize>);

impl TokenSource for Own {
    #[expect(clippy::panic, reason = "so may a caller's")]
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async {
            match self.0.fetch_add(1, Ordering::Relaxed) + 1 {
                1 => Err("the vault is sealed")?,
                2 => panic!("as bad as can be"),
                number => Ok(Token::new(format!("own-{number}")).expires_in(Duration::from_secs(600))),
            }
        })
    }
}

#[tokio::test]
async fn a_custom_token_source() -> Outcome {
    let api = Server::answering([ok(), unauthorized(), ok()]).await?;
    let source = Own::default();
    let fetched = Arc::clone(&source.0);
    let core = builder(api.url()).token_source(&BEARER, source).build()?;
    let error = no_token(read(&core).await)?;
    assert_eq!(error.to_string(), "things.get: no token: the vault is sealed");
    assert_eq!(error.underlying().map(ToString::to_string).as_deref(), Some("the vault is sealed"));
    assert_eq!((error.status(), error.error()), (None, None));
    sleep(BACKOFF).await;
    assert_eq!(no_token(read(&core).await)?.to_string(), "things.get: no token: the token source panicked");
    sleep(2 * BACKOFF).await;
    read(&core).await?;
    read(&core).await?;
    assert_eq!(sent_with(&api.requests()), ["Bearer own-3", "Bearer own-3", "Bearer own-4"]);
    assert_eq!(fetched.load(Ordering::Relaxed), 4);
    assert!(core.refresh_token(&BEARER).is_none());
    assert!(format!("{core:?}").contains(r#"credentials: {"bearer": "[redacted]"}"#));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_calls_with_expiring_tokens() -> Outcome {
    let server = TokenServer::start(1000).await?;
    let core = builder(server.url()).grant(&BEARER, client_credentials("/token")).build()?;
    let mut tasks = JoinSet::new();
    for task in 0..100 {
        let core = core.clone();
        tasks.spawn(async move {
            for number in 0..100 {
                let mut call = write(&core);
                call.text("text/plain", format!("{task}-{number}"));
                call.await?;
            }
            Ok::<_, Error<ErrorBody>>(())
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome??;
    }
    let state = server.state();
    assert_eq!(state.writes.len(), 10_000, "no call was lost");
    assert!(state.writes.values().all(|times| *times == 1), "no call was sent twice");
    assert_eq!(state.tokens, 10, "one token per thousand calls");
    assert!(state.refused >= 9, "{}", state.refused);
    Ok(())
}
