//! The redirects that are followed, and what is sent with them.

use std::sync::OnceLock;
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, Method, Operation, Scheme, decode};
use crm_clients_runtime::{Error, FetchingToken, Retry, Token, TokenSource, Upload};

use crate::server::{Server, reply};
use crate::uploads::Pieces;
use crate::{BEARER, ERRORS, ErrorBody, GET, KEY, Outcome, POST, QUERY_KEY, get};

#[tokio::test]
async fn a_redirect_to_another_host_sends_no_secret() -> Outcome {
    let other = Server::answering([reply("200 OK", &[], "{}")]).await?;
    for host in ["127.0.0.1", "localhost"] {
        let location = format!("Location: http://{host}:{}/things?token=x", other.port());
        let server = Server::answering([reply("307 Temporary Redirect", &[&location], "")]).await?;
        let builder = Core::builder("tests", "https://api.example").base_url(server.url());
        let core = builder.credential(&KEY, "hunter2").credential(&QUERY_KEY, "hunter2").build()?;
        match Call::new(&core, &GET, &[&1i64]).await {
            Err(error @ Error::Transport(_)) => {
                let expected = format!(
                    "things.get: a redirect was not followed: it leads to http://{host}:{}, \
                     where credentials must not be sent",
                    other.port()
                );
                assert_eq!(error.to_string(), expected);
                assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            }
            outcome => return Err(format!("{outcome:?}").into()),
        }
    }
    assert_eq!(other.requests(), []);
    Ok(())
}

#[tokio::test]
async fn a_redirect_within_the_host_is_followed() -> Outcome {
    let moved = reply("308 Permanent Redirect", &["Location: /moved?x=1"], "");
    let server = Server::answering([moved, reply("200 OK", &[], r#"{"n":1}"#)]).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url());
    let core = core.credential(&KEY, "k").credential(&QUERY_KEY, "q").build()?;
    let numbers = Call::new(&core, &GET, &[&1i64]).await?;
    assert_eq!(numbers.get("n"), Some(&1));
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| (request.first_line(), request.header("referer"))).collect();
    let expected = [("GET /things/1?fixed=1&api%20key=q HTTP/1.1", None), ("GET /moved?x=1 HTTP/1.1", None)];
    assert_eq!(lines, expected);
    Ok(())
}

#[tokio::test]
async fn a_loop_ends_and_a_redirect_without_a_location_is_a_response() -> Outcome {
    let server = Server::answering([reply("302 Found", &["Location: /things/7"], "")]).await?;
    let error = get(&server)?.await.err().ok_or("it ended well")?;
    assert_eq!(error.to_string(), "things.get: a redirect was not followed: more than 10 redirects");
    assert_eq!(server.requests().len(), 11);

    let server = Server::answering([reply("304 Not Modified", &[], "")]).await?;
    assert_eq!(get(&server)?.await.err().and_then(|error| Some(error.status()?.as_u16())), Some(304));
    Ok(())
}

const SECURITY: &[&[&Scheme]] = &[&[&BEARER]];

/// Returns an operation with this method and without a declared body.
fn operation(method: Method) -> &'static Operation<(), ErrorBody> {
    let idempotent = ![Method::POST, Method::PATCH].contains(&method);
    Box::leak(Box::new(Operation {
        name: "things.touch",
        method,
        idempotent,
        path: "/things",
        security: SECURITY,
        accept: "",
        decode: decode::empty,
        errors: ERRORS,
    }))
}

/// Issues the same token each time.
struct Tokens;

impl TokenSource for Tokens {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async { Ok(Token::new("token")) })
    }
}

fn client(server: &Server) -> Result<Core, Box<dyn std::error::Error>> {
    // Creating a client takes longer than a call.
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    let http = match HTTP.get() {
        Some(http) => http,
        None => {
            let http = crm_clients_runtime::http_client_builder().pool_max_idle_per_host(0).build()?;
            HTTP.get_or_init(|| http)
        }
    };
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).retry(retry);
    Ok(builder.http_client(http.clone()).token_source(&BEARER, Tokens).build()?)
}

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// The response after a redirect, and the final status of a call that is not retried.
const FOLLOWS: [(&str, Option<u16>); 5] = [
    ("200 OK", None),
    ("429 Too Many Requests", Some(429)),
    ("401 Unauthorized", Some(401)),
    ("503 Service Unavailable", Some(503)),
    ("reset", None),
];

/// Tests each status and method with each response after the redirect: no request may take effect twice.
#[tokio::test]
async fn a_redirected_request_takes_effect_once() -> Outcome {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        for location in ["/things", "/things/1"] {
            for method in METHODS {
                for (follows, final_status) in FOLLOWS {
                    let case = format!("{status} to {location}, {method}, {follows}");
                    let then = if follows == "reset" { follows.to_owned() } else { reply(follows, &[], "") };
                    let moved = reply(status, &[&format!("Location: {location}")], "");
                    let server = Server::answering([moved, then, reply("204 No Content", &[], "")]).await?;
                    let operation = operation(method);
                    let outcome = Call::new(&client(&server)?, operation, &[]).await;
                    let lines: Vec<_> = server.requests().iter().map(|one| one.first_line().to_owned()).collect();
                    let first = format!("{method} /things HTTP/1.1");
                    let second = format!("{method} {location} HTTP/1.1");

                    let keeps_method = status.starts_with("307") || status.starts_with("308");
                    if !keeps_method && method != Method::GET && method != Method::HEAD {
                        assert!(matches!(outcome, Err(Error::Transport(_))), "{case}: {outcome:?}");
                        assert_eq!(lines, [first], "{case}");
                    } else if follows == "200 OK" {
                        assert!(outcome.is_ok(), "{case}: {outcome:?}");
                        assert_eq!(lines, [first, second], "{case}");
                    } else if operation.idempotent {
                        assert!(outcome.is_ok(), "{case}: {outcome:?}");
                        assert_eq!(lines, [first.clone(), second, first], "{case}");
                    } else {
                        assert_eq!(
                            outcome.err().map(|error| error.status().map(|status| status.as_u16())),
                            Some(final_status),
                            "{case}"
                        );
                        assert_eq!(lines, [first, second], "{case}");
                    }
                }
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_unfollowed_redirect_is_an_error_with_the_reason() -> Outcome {
    for (method, status, location, expected) in [
        (Method::POST, "302 Found", "/login?key=x", "status 302 is followed only for GET and HEAD, not for POST"),
        (Method::DELETE, "303 See Other", "/login", "status 303 is followed only for GET and HEAD, not for DELETE"),
        (Method::GET, "302 Found", "http://[", "its location is not a valid URL"),
        (Method::GET, "302 Found", "file:///etc/passwd", "it leads to file:, where credentials must not be sent"),
    ] {
        let server = Server::answering([reply(status, &[&format!("Location: {location}")], "<html>")]).await?;
        let error = Call::new(&client(&server)?, operation(method), &[]).await.err().ok_or("it was followed")?;
        assert_eq!(error.to_string(), format!("things.touch: a redirect was not followed: {expected}"));
        assert_eq!(server.requests().len(), 1);
    }
    // Other statuses, and redirects without a location, are errors of the API.
    for status in ["300 Multiple Choices", "302 Found", "304 Not Modified", "305 Use Proxy"] {
        let server = Server::answering([reply(status, &[], "")]).await?;
        let outcome = Call::new(&client(&server)?, operation(Method::PUT), &[]).await;
        assert!(matches!(outcome, Err(Error::Api(_))), "{status}: {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirected_body_is_sent_again_unless_it_is_a_stream() -> Outcome {
    let moved = reply("307 Temporary Redirect", &["Location: /elsewhere"], "");
    for (upload, expected) in [(Upload::bytes("content"), 2), (Upload::stream(Pieces::of(&["content"]), None), 1)] {
        let server = Server::answering([moved.clone(), reply("204 No Content", &[], "")]).await?;
        let mut call = Call::new(&client(&server)?, operation(Method::POST), &[]);
        call.bytes("text/plain", upload);
        assert_eq!(call.await.is_ok(), expected == 2);
        let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
        assert_eq!(bodies, vec!["content"; expected]);
    }
    Ok(())
}

#[tokio::test]
async fn a_post_is_not_retried_if_connecting_fails_after_its_redirect() -> Outcome {
    for (method, expected) in [(Method::POST, 1), (Method::PUT, 3)] {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let core = Core::builder("tests", "https://api.example")
            .base_url(format!("http://{}", listener.local_addr()?))
            .retry(Retry::default().first_delay(Duration::from_millis(1)))
            .timeout(Duration::from_millis(400))
            .credential(&BEARER, "token")
            .build()?;
        let serving = tokio::spawn(async move {
            let mut requests = 0;
            // Redirects the first request, and breaks later connections.
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = crate::server::read(&mut stream).await?;
                if request.first_line().contains(" /things ") {
                    requests += 1;
                    let moved = reply("307 Temporary Redirect", &["Location: /elsewhere"], "");
                    tokio::io::AsyncWriteExt::write_all(&mut stream, moved.as_bytes()).await?;
                } else {
                    stream.set_zero_linger()?;
                    if requests == expected {
                        break;
                    }
                }
            }
            Ok::<_, std::io::Error>(requests)
        });
        assert!(matches!(Call::new(&core, operation(method), &[]).await, Err(Error::Transport(_))));
        assert_eq!(serving.await??, expected);
    }
    Ok(())
}

#[tokio::test]
async fn an_http_client_that_follows_redirects_itself_is_detected() -> Outcome {
    let moved = reply("303 See Other", &["Location: /things/1"], "");
    let busy = reply("429 Too Many Requests", &[], "");
    let server = Server::answering([moved, busy, reply("204 No Content", &[], "")]).await?;
    let http = crm_clients_runtime::http_client_builder().redirect(reqwest::redirect::Policy::default()).build()?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).http_client(http).build()?;
    let error = Call::new(&core, &POST, &[]).await.err().ok_or("it was followed")?;
    assert!(error.to_string().contains("the HTTP client followed a redirect of a POST"), "{error}");
    let posts = server.requests().iter().filter(|request| request.first_line().starts_with("POST")).count();
    assert_eq!(posts, 1);
    Ok(())
}
