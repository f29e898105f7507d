//! The requests that are retried, and their delays. Each test counts the requests to the server.

use std::pin::pin;
use std::time::{Duration, Instant, SystemTime};

use crm_clients_runtime::generated::{Call, Core, FormParts, Method, Operation, decode};
use crm_clients_runtime::{Error, RequestError, Retry, StatusCode, Upload};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::server::{Server, reply};
use crate::uploads::{Pieces, TemporaryFile};
use crate::{ERRORS, ErrorBody, GET, Numbers, Outcome, POST};

const MILLISECOND: Duration = Duration::from_millis(1);

/// A policy with negligible delays.
fn quick() -> Retry {
    Retry::default().first_delay(MILLISECOND)
}

fn client(url: String, retry: Retry) -> Result<Core, RequestError> {
    Core::builder("tests", "https://api.example").base_url(url).retry(retry).build()
}

fn get(server: &Server) -> Result<Call<Numbers, ErrorBody>, RequestError> {
    Ok(Call::new(&client(server.url(), quick())?, &GET, &[&7i64]))
}

fn post(server: &Server) -> Result<Call<(), ErrorBody>, RequestError> {
    Ok(Call::new(&client(server.url(), quick())?, &POST, &[]))
}

fn ok() -> String {
    reply("200 OK", &[], "{}")
}

fn unavailable() -> String {
    reply("503 Service Unavailable", &[], "")
}

fn busy(headers: &[&str]) -> String {
    reply("429 Too Many Requests", headers, "Retry later\n")
}

/// Returns the status of a call that is expected to fail.
fn refusal<T>(outcome: Result<T, Error<ErrorBody>>) -> Result<u16, String> {
    match outcome {
        Err(Error::Api(error)) => Ok(error.status().as_u16()),
        Err(error) => Err(error.to_string()),
        Ok(_) => Err("the call succeeded".to_owned()),
    }
}

#[tokio::test]
async fn after_a_429_any_method_is_repeated() -> Outcome {
    for headers in [&[][..], &["Retry-After: 0"], &["Retry-After: soon"], &["Retry-After: -5"], &["Retry-After: "]] {
        let server = Server::answering([busy(headers), ok()]).await?;
        get(&server)?.await?;
        assert_eq!(server.requests().len(), 2, "{headers:?}");
        let server = Server::answering([busy(headers), ok()]).await?;
        post(&server)?.await?;
        assert_eq!(server.requests().len(), 2, "{headers:?}");
    }
    Ok(())
}

#[tokio::test]
async fn retry_after_in_seconds_delays_the_retry() -> Outcome {
    let begun = Instant::now();
    let server = Server::answering([busy(&["Retry-After: 1"]), ok()]).await?;
    post(&server)?.await?;
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn retry_after_as_a_date_delays_the_retry() -> Outcome {
    // The header has whole seconds, so this is more than one second from now.
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
    let server = Server::answering([busy(&[&format!("Retry-After: {date}")]), ok()]).await?;
    post(&server)?.await?;
    assert!(SystemTime::now() >= httpdate::parse_http_date(&date)?);
    assert_eq!(server.requests().len(), 2);

    let server = Server::answering([busy(&["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"]), ok()]).await?;
    post(&server)?.await?;
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn only_idempotent_calls_are_retried_after_a_gateway_error() -> Outcome {
    for status in ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let server = Server::answering([reply(status, &[], ""), ok()]).await?;
        get(&server)?.await?;
        assert_eq!(server.requests().len(), 2, "{status}");

        let server = Server::answering([reply(status, &["Retry-After: 0"], ""), ok()]).await?;
        assert_eq!(refusal(post(&server)?.await)?.to_string(), status[..3]);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn the_operation_and_not_its_method_determines_idempotency() -> Outcome {
    const fn operation(method: Method, idempotent: bool) -> Operation<(), ErrorBody> {
        let (name, path, security) = ("things.touch", "/", &[]);
        Operation { name, method, idempotent, path, security, accept: "", decode: decode::empty, errors: ERRORS }
    }
    static SEARCH: Operation<(), ErrorBody> = operation(Method::POST, true);
    static CREATE: Operation<(), ErrorBody> = operation(Method::POST, false);
    static DELETE: Operation<(), ErrorBody> = operation(Method::DELETE, true);
    static COUNTS_VISITS: Operation<(), ErrorBody> = operation(Method::GET, false);
    for (operation, expected) in [(&SEARCH, 2), (&CREATE, 1), (&DELETE, 2), (&COUNTS_VISITS, 1)] {
        for fault in [unavailable(), "reset".to_owned(), String::new()] {
            let server = Server::answering([fault, reply("204 No Content", &[], "")]).await?;
            let outcome = Call::new(&client(server.url(), quick())?, operation, &[]).await;
            let seen = (server.requests().len(), outcome.is_ok());
            assert_eq!(seen, (expected, expected == 2), "{} {}", operation.method, operation.idempotent);
        }
    }
    Ok(())
}

#[tokio::test]
async fn other_statuses_are_final() -> Outcome {
    for status in ["304 Not Modified", "401 Unauthorized", "408 Request Timeout", "500 Oops", "501 Not Implemented"] {
        let server = Server::answering([reply(status, &["Retry-After: 0"], ""), ok()]).await?;
        assert_eq!(refusal(get(&server)?.await)?.to_string(), status[..3]);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    let server = Server::answering([reply("200 OK", &[], "[]"), ok()]).await?;
    assert!(matches!(get(&server)?.await, Err(Error::Decode(_))));
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn errors_of_the_client_itself_are_not_retried() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], r#"{"n": 1}"#)]).await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).retry(quick());
    let outcome = Call::new(&builder.response_limit(3).build()?, &GET, &[&1i64]).await;
    assert!(matches!(outcome, Err(Error::Transport(_))), "{outcome:?}");
    assert_eq!(server.requests().len(), 1);

    let server = Server::answering([reply("302 Found", &["Location: http://elsewhere.example/"], "")]).await?;
    assert!(matches!(get(&server)?.await, Err(Error::Transport(_))));
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_failed_connect_is_always_retried() -> Outcome {
    // The port is bound, so that nobody else uses it, and connections are refused until it listens.
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let url = format!("http://{}", socket.local_addr()?);
    let patient = Retry::default().max_attempts(u32::MAX).first_delay(MILLISECOND).max_delay(10 * MILLISECOND);
    let mut call = Call::new(&client(url.clone(), patient)?, &POST, &[]);
    call.text("text/plain", "once");
    let mut sending = pin!(call.send());
    tokio::select! {
        outcome = &mut sending => return Err(format!("nobody listened, but: {outcome:?}").into()),
        () = sleep(50 * MILLISECOND) => {}
    }
    let given_up = Call::new(&client(url, quick())?, &POST, &[]).await;
    assert!(given_up.is_err_and(|error| error.is_connect()));

    let server = Server::on(socket.listen(8)?, [reply("204 No Content", &[], "")])?;
    sending.await?;
    assert_eq!(server.request()?.body, "once");
    Ok(())
}

#[tokio::test]
async fn a_request_that_may_have_arrived_is_retried_if_idempotent() -> Outcome {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
    for fault in ["reset", "", cut] {
        let server = Server::answering([fault.to_owned(), ok()]).await?;
        get(&server)?.await?;
        assert_eq!(server.requests().len(), 2, "{fault:?}");

        let server = Server::answering([fault.to_owned(), ok()]).await?;
        let mut call = post(&server)?;
        call.text("text/plain", "once");
        // The body of the response is read to its end even if it is not used.
        assert!(matches!(call.await, Err(Error::Transport(error)) if !error.is_connect()), "{fault:?}");
        assert_eq!(server.request()?.body, "once", "{fault:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_timeout_applies_to_one_attempt() -> Outcome {
    let slow = format!("slow:{}", ok());
    let server = Server::answering([slow.clone(), ok()]).await?;
    get(&server)?.timeout(800 * MILLISECOND).await?;
    assert_eq!(server.requests().len(), 2);

    let server = Server::answering([slow, ok()]).await?;
    let outcome = post(&server)?.timeout(800 * MILLISECOND).await;
    assert!(outcome.is_err_and(|error| error.is_timeout()));
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn attempts_are_limited() -> Outcome {
    for (retry, expected) in
        [(quick(), 3), (quick().max_attempts(5), 5), (quick().max_attempts(1), 1), (quick().max_attempts(0), 1)]
    {
        let server = Server::answering([unavailable()]).await?;
        let outcome = Call::new(&client(server.url(), retry)?, &GET, &[&1i64]).await;
        assert_eq!(refusal(outcome)?, 503);
        assert_eq!(server.requests().len(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_delay_beyond_the_total_time_is_skipped() -> Outcome {
    let far = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(86_400));
    for header in ["Retry-After: 3600".to_owned(), format!("Retry-After: {far}"), format!("Retry-After: {}", u64::MAX)]
    {
        let server = Server::answering([busy(&[&header]), ok()]).await?;
        let error = get(&server)?.await.err().ok_or("it waited")?;
        assert_eq!(error.headers().and_then(|headers| headers.get("retry-after")?.to_str().ok()), Some(&header[13..]));
        assert_eq!(server.requests().len(), 1, "{header}");
    }
    Ok(())
}

#[tokio::test]
async fn the_total_time_ends_an_attempt_too() -> Outcome {
    let server = Server::answering([format!("slow:{}", ok())]).await?;
    let outcome = get(&server)?.retry(quick().max_elapsed(800 * MILLISECOND)).await;
    assert!(outcome.is_err_and(|error| error.is_timeout()));
    assert_eq!(server.requests().len(), 1);

    let server = Server::answering([unavailable()]).await?;
    let endless = Retry::default().max_attempts(u32::MAX).first_delay(MILLISECOND).max_delay(MILLISECOND);
    assert!(get(&server)?.retry(endless.max_elapsed(800 * MILLISECOND)).await.is_err());
    assert!(server.requests().len() > 1);
    Ok(())
}

#[tokio::test]
async fn a_call_has_its_own_policy() -> Outcome {
    let server = Server::answering([unavailable()]).await?;
    assert_eq!(refusal(get(&server)?.retry(Retry::never()).await)?, 503);
    assert_eq!(server.requests().len(), 1);

    let server = Server::answering([unavailable(), ok()]).await?;
    let never = client(server.url(), Retry::never())?;
    assert_eq!(Call::new(&never, &GET, &[&1i64]).retry(quick()).await?, Numbers::new());
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_dropped_call_sends_nothing_more() -> Outcome {
    for first in [busy(&["Retry-After: 1"]), format!("slow:{}", unavailable())] {
        let server = Server::answering([first, ok()]).await?;
        let asked = async {
            while server.requests().is_empty() {
                sleep(MILLISECOND).await;
            }
            // Wait for the response, so that the call is waiting for its next attempt.
            sleep(50 * MILLISECOND).await;
        };
        tokio::select! {
            outcome = get(&server)?.send() => return Err(format!("{outcome:?}").into()),
            () = asked => {}
        }
        sleep(Duration::from_millis(1500)).await;
        assert_eq!(server.requests().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_body_is_resent_unless_it_is_a_stream() -> Outcome {
    let file = TemporaryFile::new("again.txt", "content")?;
    for (upload, expected) in [
        (Upload::bytes("content"), 2),
        (Upload::file(&file.0), 2),
        (Upload::stream(Pieces::of(&["con", "tent"]), Some(7)), 1),
        (Upload::stream(Pieces::of(&["con", "tent"]), None), 1),
    ] {
        let server = Server::answering([busy(&[]), ok()]).await?;
        let mut call = post(&server)?;
        call.bytes("text/plain", upload.clone());
        assert_eq!(call.await.err().and_then(|error| Some(error.status()?.as_u16())), (expected == 1).then_some(429));
        let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
        assert_eq!(bodies, vec!["content"; expected], "{upload:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_form_is_resent_unless_a_part_is_a_stream() -> Outcome {
    for (upload, expected) in [(Upload::bytes("content"), 2), (Upload::stream(Pieces::of(&["content"]), None), 1)] {
        let server = Server::answering([busy(&[]), ok()]).await?;
        let mut parts = FormParts::new();
        parts.required_text("title", "Two");
        parts.required_file("file", upload);
        let mut call = post(&server)?;
        call.multipart(parts);
        assert_eq!(call.await.err().and_then(|error| Some(error.status()?.as_u16())), (expected == 1).then_some(429));
        let requests = server.requests();
        assert_eq!(requests.len(), expected);
        let parts = [
            ("name=\"title\"", "Two"),
            ("name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream", "content"),
        ];
        for request in &requests {
            assert_eq!(request, &crate::uploads::multipart(request, &parts)?);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_connect_timeout_is_retried_with_any_method() -> Outcome {
    // Connecting includes the TLS handshake, which this server never completes.
    let server = Server::answering(["hang:"]).await?;
    let url = format!("https://127.0.0.1:{}", server.port());
    let core = Core::builder("tests", "https://api.example").base_url(url.clone()).retry(quick());
    let begun = Instant::now();
    let outcome = Call::new(&core.timeout(400 * MILLISECOND).build()?, &POST, &[]).await;
    assert!(outcome.as_ref().is_err_and(|error| error.is_connect() && error.is_timeout()), "{outcome:?}");
    assert_eq!(server.connections(), 3);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());

    let begun = Instant::now();
    assert!(Call::new(&client(url, Retry::never())?, &POST, &[]).await.is_err_and(|error| error.is_connect()));
    assert!(begun.elapsed() >= Duration::from_secs(3) && begun.elapsed() < Duration::from_secs(5));
    Ok(())
}

#[tokio::test]
async fn an_outage_does_not_multiply_the_load() -> Outcome {
    let server = Server::answering([unavailable()]).await?;
    let core = client(server.url(), quick())?;
    for _ in 0..200 {
        assert!(Call::new(&core.clone(), &GET, &[&1i64]).await.is_err());
    }
    // 500 tokens pay for 100 retries.
    assert_eq!(server.requests().len(), 300);
    Ok(())
}

#[tokio::test]
async fn retries_of_clients_are_spread_by_jitter() -> Outcome {
    let server = Server::answering(vec![busy(&["Retry-After: 1"]); 50].into_iter().chain([ok()])).await?;
    let core = client(server.url(), quick())?;
    let begun = Instant::now();
    let mut calls: JoinSet<_> = (0..50)
        .map(|_| {
            let call = Call::new(&core, &GET, &[&1i64]);
            async move { call.await.map(|_| begun.elapsed()) }
        })
        .collect();
    let mut elapsed = Vec::new();
    while let Some(outcome) = calls.join_next().await {
        elapsed.push(outcome??);
    }
    elapsed.sort();
    assert!(elapsed[0] >= Duration::from_secs(1), "{elapsed:?}");
    assert!(elapsed[49] - elapsed[0] > 120 * MILLISECOND, "{elapsed:?}");
    assert_eq!(server.requests().len(), 100);
    Ok(())
}

#[tokio::test]
async fn the_policy_chooses_the_statuses() -> Outcome {
    let all = || quick().also_on([408, 409, 425]).also_on([StatusCode::INTERNAL_SERVER_ERROR]).also_on(520..=529);
    for status in ["408 Request Timeout", "409 Conflict", "425 Too Early", "500 Oops", "520 Unknown", "529 Overloaded"]
    {
        for (policy, expected) in [(quick(), 1), (all(), 2)] {
            let server = Server::answering([reply(status, &[], ""), ok()]).await?;
            assert_eq!(get(&server)?.retry(policy).await.is_ok(), expected == 2, "{status}");
            assert_eq!(server.requests().len(), expected, "{status}");
        }
        let server = Server::answering([reply(status, &[], ""), ok()]).await?;
        assert!(post(&server)?.retry(all()).await.is_err());
        assert_eq!(server.requests().len(), 1, "a POST may have taken effect before {status}");
    }
    for fault in [busy(&[]), unavailable()] {
        let server = Server::answering([fault, ok()]).await?;
        assert!(get(&server)?.retry(quick().statuses([500, 200])).await.is_err());
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::answering([ok()]).await?;
    get(&server)?.retry(quick().statuses([200])).await?;
    assert_eq!(server.requests().len(), 1, "a success is final");
    Ok(())
}

#[tokio::test]
async fn the_policy_chooses_the_errors() -> Outcome {
    for (policy, expected) in [(quick(), 2), (quick().connection_errors(false), 1)] {
        let server = Server::answering(["reset".to_owned(), ok()]).await?;
        assert_eq!(get(&server)?.retry(policy).await.is_ok(), expected == 2);
        assert_eq!(server.requests().len(), expected);
    }
    for (policy, expected) in [(quick(), 2), (quick().timeouts(false), 1)] {
        let server = Server::answering(["hang:".to_owned(), ok()]).await?;
        assert_eq!(get(&server)?.timeout(300 * MILLISECOND).retry(policy).await.is_ok(), expected == 2);
        assert_eq!(server.requests().len(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_with_an_idempotency_key_is_retried_with_the_same_key() -> Outcome {
    let server = Server::answering([unavailable(), reply("204 No Content", &[], "")]).await?;
    post(&server)?.idempotency_key("order-7").await?;
    let keys: Vec<_> =
        server.requests().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
    assert_eq!(keys, [Some("order-7".to_owned()), Some("order-7".to_owned())]);

    let server = Server::answering([unavailable(), reply("204 No Content", &[], "")]).await?;
    post(&server)?.idempotent().await?;
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_generated_key_stays_the_same_over_retries_and_gives_way_to_the_callers() -> Outcome {
    let mut sent = Vec::new();
    for own in [None, None, Some("order-7")] {
        let server = Server::answering([reply("503 Busy", &[], ""), reply("204 No Content", &[], "")]).await?;
        let mut call = post(&server)?;
        call.generated_key("X-Request-Key");
        let call = match own {
            Some(key) => call.idempotency_key(key),
            None => call,
        };
        call.await?;
        let keys: Vec<_> =
            server.requests().iter().map(|request| request.header("x-request-key").map(str::to_owned)).collect();
        assert_eq!((keys.len(), &keys[0]), (2, &keys[1]), "{keys:?}");
        assert!(server.requests().iter().all(|request| request.header("idempotency-key").is_none()));
        sent.extend(keys.into_iter().next().flatten());
    }
    assert_ne!(sent[0], sent[1], "each call has a key of its own");
    assert!(sent[0].parse::<crm_clients_runtime::Uuid>().is_ok(), "{sent:?}");
    assert_eq!(sent[2], "order-7");
    Ok(())
}
