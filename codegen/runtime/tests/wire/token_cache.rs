//! The cache of tokens: early renewal, backoff, and sources that fail.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crm_clients_runtime::generated::Core;
use crm_clients_runtime::{Error, FetchingToken, Retry, StatusCode, Token, TokenSource, Upload};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::server::{Server, reply};
use crate::tokens::{builder, client, client_credentials, no_token, ok, read, sent_with, token, unauthorized, write};
use crate::uploads::Pieces;
use crate::{BEARER, ErrorBody, Outcome};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Returns a token that is renewed after 900 milliseconds, and valid for a second.
fn brief(name: &str) -> String {
    reply("200 OK", &[], &format!(r#"{{"access_token":"{name}","expires_in":1}}"#))
}

#[tokio::test]
async fn the_valid_token_is_sent_while_it_is_renewed() -> Outcome {
    let tokens = [brief("t1"), format!("slow:{}", token("t2"))];
    let (api, tokens) = (Server::answering([ok()]).await?, Server::answering(tokens).await?);
    let core = client(&api, &tokens)?;
    read(&core).await?;
    sleep(920 * MILLISECOND).await;
    let begun = Instant::now();
    read(&core).await?;
    read(&core).await?;
    assert!(begun.elapsed() < 500 * MILLISECOND, "{:?}", begun.elapsed());
    assert_eq!(sent_with(&api.requests()), ["Bearer t1"; 3]);
    sleep(1200 * MILLISECOND).await;
    read(&core).await?;
    assert_eq!(sent_with(&api.requests())[3], "Bearer t2");
    assert_eq!(tokens.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_failed_renewal_keeps_the_valid_token() -> Outcome {
    let failed = reply("500 Oops", &[], "");
    let first = reply("200 OK", &[], r#"{"access_token":"t1","expires_in":5}"#);
    let (api, tokens) = (Server::answering([ok()]).await?, Server::answering([first, failed, token("t2")]).await?);
    let core = client(&api, &tokens)?;
    read(&core).await?;
    sleep(4550 * MILLISECOND).await;
    for _ in 0..5 {
        read(&core).await?;
        sleep(20 * MILLISECOND).await;
    }
    assert_eq!(sent_with(&api.requests()), ["Bearer t1"; 6]);
    assert_eq!(tokens.requests().len(), 2, "the failed renewal is not retried immediately");
    Ok(())
}

#[tokio::test]
async fn all_calls_back_off_from_a_dead_token_server() -> Outcome {
    let down = reply("503 Service Unavailable", &[], "");
    let (api, tokens) =
        (Server::answering([ok()]).await?, Server::answering([down.clone(), down.clone(), down, token("t")]).await?);
    let core = client(&api, &tokens)?;
    let mut calls: JoinSet<_> = (0..25).map(|_| read(&core).send()).collect();
    while let Some(outcome) = calls.join_next().await {
        assert_eq!(no_token(outcome?)?.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    for _ in 0..25 {
        assert_eq!(no_token(read(&core).await)?.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    assert_eq!((tokens.requests().len(), api.requests().len()), (3, 0));
    sleep(Duration::from_secs(1)).await;
    read(&core).await?;
    assert_eq!(tokens.requests().len(), 4);

    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let url = format!("http://{}/token", socket.local_addr()?).leak();
    let core = builder(api.url()).grant(&BEARER, client_credentials(url)).build()?;
    for _ in 0..50 {
        assert!(no_token(read(&core).await)?.is_connect());
    }
    Ok(())
}

#[tokio::test]
async fn calls_that_always_get_401_do_not_fetch_a_token_each() -> Outcome {
    for streamed in [false, true] {
        let tokens: Vec<_> = (1..30).map(|number| token(&format!("t{number}"))).collect();
        let (api, tokens) = (Server::answering([unauthorized()]).await?, Server::answering(tokens).await?);
        let core = client(&api, &tokens)?;
        for _ in 0..20 {
            let mut call = write(&core);
            if streamed {
                call.bytes("text/plain", Upload::stream(Pieces::of(&["once"]), None));
            }
            assert_eq!(call.await.err().and_then(|error| Some(error.status()?.as_u16())), Some(401));
        }
        assert!(tokens.requests().len() <= 3, "{} tokens", tokens.requests().len());

        let mut calls: JoinSet<_> = (0..20).map(|_| read(&core).send()).collect();
        while let Some(outcome) = calls.join_next().await {
            assert_eq!(outcome?.err().and_then(|error| Some(error.status()?.as_u16())), Some(401));
        }
        assert!(tokens.requests().len() <= 4, "{} tokens", tokens.requests().len());
    }
    Ok(())
}

/// Returns a fixed token, and counts its fetches.
struct Fixed(Arc<AtomicUsize>, &'static str);

impl TokenSource for Fixed {
    fn fetch(&self) -> FetchingToken<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Token::new(self.1)) })
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_not_cached() -> Outcome {
    for secret in ["", "line\nbreak", "token\n"] {
        let api = Server::answering([ok()]).await?;
        let fetched = Arc::new(AtomicUsize::new(0));
        let core = builder(api.url()).token_source(&BEARER, Fixed(Arc::clone(&fetched), secret)).build()?;
        let expected = "things.get: no token: the token is empty or contains a character that cannot be sent";
        assert_eq!(no_token(read(&core).await)?.to_string(), expected);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(no_token(read(&core).await)?.to_string(), expected);
        assert_eq!((fetched.load(Ordering::Relaxed), api.requests().len()), (2, 0));
    }
    Ok(())
}

/// Calls the client that it belongs to, in the same task or in another.
struct Circular {
    client: Arc<OnceLock<Core>>,
    spawned: bool,
}

impl TokenSource for Circular {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(async {
            let client = self.client.get().ok_or("no client")?.clone();
            let call = async move { read(&client).await.map(|_| ()) };
            let outcome = if self.spawned { tokio::spawn(call).await? } else { call.await };
            outcome?;
            Ok(Token::new("never"))
        })
    }
}

#[tokio::test]
async fn a_source_that_calls_its_own_client_fails_without_a_deadlock() -> Outcome {
    for spawned in [false, true] {
        let api = Server::answering([ok()]).await?;
        let client = Arc::new(OnceLock::new());
        let source = Circular { client: Arc::clone(&client), spawned };
        let builder = builder(api.url()).timeout(300 * MILLISECOND).retry(Retry::never());
        let core = builder.token_source(&BEARER, source).build()?;
        let core = client.get_or_init(|| core);
        let begun = Instant::now();
        let mut ticks = 0;
        let mut calling = std::pin::pin!(read(core).send());
        let outcome = loop {
            tokio::select! {
                outcome = &mut calling => break outcome,
                () = sleep(10 * MILLISECOND) => ticks += 1,
            }
        };
        assert!(outcome.is_err());
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert!(!spawned || ticks > 10, "timers still run: {ticks}");
        assert_eq!(api.requests(), []);
    }
    Ok(())
}

/// Never returns.
struct Silent;

impl TokenSource for Silent {
    fn fetch(&self) -> FetchingToken<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_source_that_never_returns_times_out() -> Outcome {
    let api = Server::answering([ok()]).await?;
    let builder = builder(api.url()).timeout(200 * MILLISECOND).retry(Retry::never());
    let core = builder.token_source(&BEARER, Silent).build()?;
    let begun = Instant::now();
    let outcome = read(&core).await;
    assert!(outcome.as_ref().is_err_and(Error::<ErrorBody>::is_timeout), "{outcome:?}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // The fetch has ended: the next call fails with its error.
    assert!(no_token(read(&core).await)?.is_timeout());
    assert_eq!(api.requests(), []);
    Ok(())
}
