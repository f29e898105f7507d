//! Limits shared by all calls of a client. Each test counts the requests that reach the server, and records their
//! times.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crm_clients_runtime::generated::{Call, Core, CoreBuilder, Grant, RateLimit};
use crm_clients_runtime::{CallLimits, Hook, HookError, RequestContext, ResponseContext, Retry};
use tokio::task::JoinSet;

use crate::server::{Server, reply};
use crate::{BEARER, GET, Outcome};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Records when each request was sent, and the maximum number in flight.
#[derive(Clone)]
struct Times {
    begun: Instant,
    sent: Arc<Mutex<Vec<Duration>>>,
    in_flight: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Times {
    fn begin() -> Self {
        Self { begun: Instant::now(), sent: Arc::default(), in_flight: Arc::default(), most: Arc::default() }
    }

    fn sent(&self) -> Vec<Duration> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sent.sort();
        sent
    }
}

impl Hook for Times {
    fn before_request(&self, _: &mut RequestContext<'_>) -> Result<(), HookError> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(self.begun.elapsed());
        let now = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Ok(())
    }

    fn after_response(&self, _: &ResponseContext<'_>) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn builder(server: &Server, times: &Times, limits: CallLimits) -> CoreBuilder {
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).limits(limits);
    builder.retry(Retry::default().first_delay(MILLISECOND)).hook(times.clone())
}

/// Makes this many calls concurrently. Returns how many succeeded.
async fn calls(core: &Core, count: usize) -> Result<usize, Box<dyn std::error::Error>> {
    let mut calls: JoinSet<_> = (0..count)
        .map(|_| {
            let call = Call::new(core, &GET, &[&7i64]);
            async move { call.await.is_ok() }
        })
        .collect();
    let mut succeeded = 0;
    while let Some(ok) = calls.join_next().await {
        succeeded += usize::from(ok?);
    }
    Ok(succeeded)
}

fn ok() -> String {
    reply("200 OK", &[], "{}")
}

fn busy(headers: &[&str]) -> String {
    reply("429 Too Many Requests", headers, "Retry later\n")
}

#[tokio::test]
async fn requests_in_flight_are_limited() -> Outcome {
    let server = Server::answering([format!("slow:{}", ok())]).await?;
    let times = Times::begin();
    let core = builder(&server, &times, CallLimits::new().max_in_flight(3)).build()?;
    // Clones share the limits.
    assert_eq!(calls(&core.clone(), 6).await?, 6);
    assert_eq!(times.most.load(Ordering::Relaxed), 3);
    assert!(times.begun.elapsed() >= Duration::from_secs(2), "{:?}", times.begun.elapsed());

    let times = Times::begin();
    assert_eq!(calls(&builder(&server, &times, CallLimits::new()).build()?, 6).await?, 6);
    assert_eq!(times.most.load(Ordering::Relaxed), 6, "there is no limit by default");
    Ok(())
}

#[tokio::test]
async fn the_request_rate_is_limited() -> Outcome {
    let server = Server::answering([ok()]).await?;
    let times = Times::begin();
    let span = 300 * MILLISECOND;
    // Waiting for a turn does not time out.
    let hurried = Retry::default().max_elapsed(200 * MILLISECOND);
    let core = builder(&server, &times, CallLimits::new().rate(5, span)).retry(hurried).build()?;
    assert_eq!(calls(&core, 12).await?, 12);
    let sent = times.sent();
    assert_eq!((sent.len(), server.requests().len()), (12, 12));
    // The hook is called shortly after the turn was granted.
    let spans: Vec<_> = sent.windows(6).map(|six| six[5] - six[0]).collect();
    assert!(spans.iter().all(|found| *found + 20 * MILLISECOND >= span), "{sent:?}");
    assert!(sent[4] < span && sent[11] < 4 * span, "{sent:?}");
    Ok(())
}

#[tokio::test]
async fn after_a_429_all_calls_wait() -> Outcome {
    let limits = || CallLimits::new();
    for (headers, limits, pause) in [
        (&["Retry-After: 1"][..], limits(), Duration::from_secs(1)),
        (&[], limits().pause(400 * MILLISECOND), 400 * MILLISECOND),
        // Without Retry-After, the pause is the period of the rate.
        (&[], limits().rate(100, 500 * MILLISECOND), 500 * MILLISECOND),
    ] {
        let server = Server::answering([busy(headers), ok()]).await?;
        let times = Times::begin();
        let core = builder(&server, &times, limits).build()?;
        let first = tokio::spawn({
            let core = core.clone();
            async move { calls(&core, 1).await.map_err(|error| error.to_string()) }
        });
        while server.requests().is_empty() || times.in_flight.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(MILLISECOND).await;
        }
        tokio::time::sleep(20 * MILLISECOND).await;
        assert_eq!(calls(&core, 5).await?, 5);
        assert_eq!(first.await??, 1);
        let sent = times.sent();
        assert_eq!((sent.len(), server.requests().len()), (7, 7), "one 429 in all");
        assert!(sent[1] - sent[0] >= pause, "{sent:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_pause_longer_than_a_call_may_take_does_not_delay_others() -> Outcome {
    let times = Times::begin();
    for retry in [Retry::never(), Retry::default()] {
        let server = Server::answering([busy(&["Retry-After: 3600"]), ok()]).await?;
        let core = builder(&server, &times, CallLimits::new()).retry(retry).build()?;
        assert_eq!((calls(&core, 1).await?, calls(&core, 1).await?), (0, 1));
    }
    assert!(times.begun.elapsed() < Duration::from_secs(5), "{:?}", times.begun.elapsed());
    Ok(())
}

#[tokio::test]
async fn a_token_request_is_not_limited() -> Outcome {
    let token = reply("200 OK", &["content-type: application/json"], r#"{"access_token": "t"}"#);
    let server = Server::answering([token, ok()]).await?;
    let times = Times::begin();
    let limits = CallLimits::new().max_in_flight(1).rate(1, Duration::from_secs(60));
    let grant = Grant::client_credentials("/token", "id", "secret");
    let core = builder(&server, &times, limits).grant(&BEARER, grant).build()?;
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), calls(&core, 1)).await??, 1);
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_dropped_call_releases_its_turn() -> Outcome {
    let server = Server::answering(["hang:".to_owned(), ok()]).await?;
    let times = Times::begin();
    let core = builder(&server, &times, CallLimits::new().max_in_flight(1)).build()?;
    let hanging = tokio::spawn(Call::new(&core, &GET, &[&7i64]).send());
    while server.requests().is_empty() {
        tokio::time::sleep(MILLISECOND).await;
    }
    let waiting = tokio::spawn(Call::new(&core, &GET, &[&7i64]).send());
    tokio::time::sleep(50 * MILLISECOND).await;
    assert_eq!(server.requests().len(), 1);
    hanging.abort();
    waiting.await??;
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

/// At most two calls within a second for each path.
async fn scoped(core: &Core, scope: i64, count: usize) -> Result<usize, Box<dyn std::error::Error>> {
    let mut calls: JoinSet<_> = (0..count)
        .map(|_| {
            let mut call = Call::new(core, &GET, &[&scope]);
            call.rate_limit(RateLimit::new("search", 2, 1), &[&scope]);
            async move { call.await.is_ok() }
        })
        .collect();
    let mut succeeded = 0;
    while let Some(ok) = calls.join_next().await {
        succeeded += usize::from(ok?);
    }
    Ok(succeeded)
}

#[tokio::test]
async fn a_declared_limit_counts_for_each_scope_and_holds_up_no_other_call() -> Outcome {
    let server = Server::answering([ok()]).await?;
    let times = Times::begin();
    let core = builder(&server, &times, CallLimits::new().max_in_flight(1)).build()?;
    let (three, two, other) = tokio::join!(scoped(&core, 1, 3), scoped(&core, 2, 2), calls(&core, 2));
    assert_eq!((three?, two?, other?), (3, 2, 2));
    let sent = times.sent();
    assert_eq!(sent.len(), 7);
    assert!(sent[5] < Duration::from_millis(900), "six calls do not wait: {sent:?}");
    assert!(sent[6] >= Duration::from_secs(1), "the third of a scope waits: {sent:?}");

    let times = Times::begin();
    let core =
        builder(&server, &times, CallLimits::new().without_declared()).rate_limit(RateLimit::new("tests", 1, 60));
    assert_eq!(scoped(&core.build()?, 1, 5).await?, 5);
    assert!(times.begun.elapsed() < Duration::from_secs(1), "{:?}", times.begun.elapsed());
    Ok(())
}

#[tokio::test]
async fn the_declared_limit_of_all_requests_holds_beside_other_limits_and_gives_way_to_a_rate() -> Outcome {
    let declared = RateLimit::new("tests", 2, 1);
    for (limits, waits) in [
        (CallLimits::new().max_in_flight(8), true),
        (CallLimits::new().rate(3, Duration::from_secs(60)), false),
        (CallLimits::new().without_declared(), false),
    ] {
        let server = Server::answering([ok()]).await?;
        let times = Times::begin();
        let core = builder(&server, &times, limits.clone()).rate_limit(declared).build()?;
        assert_eq!(calls(&core, 3).await?, 3);
        assert_eq!(times.begun.elapsed() >= Duration::from_secs(1), waits, "{limits:?}");
    }
    Ok(())
}

#[tokio::test]
async fn after_a_429_of_a_declared_limit_all_calls_wait_for_its_window() -> Outcome {
    let server = Server::answering([busy(&[]), ok()]).await?;
    let times = Times::begin();
    let core = builder(&server, &times, CallLimits::new()).build()?;
    let first = tokio::spawn({
        let core = core.clone();
        async move { scoped(&core, 1, 1).await.map_err(|error| error.to_string()) }
    });
    while server.requests().is_empty() || times.in_flight.load(Ordering::Relaxed) > 0 {
        tokio::time::sleep(MILLISECOND).await;
    }
    tokio::time::sleep(20 * MILLISECOND).await;
    assert_eq!((calls(&core, 2).await?, first.await??), (2, 1));
    let sent = times.sent();
    assert!(sent[1] - sent[0] >= Duration::from_secs(1), "{sent:?}");
    Ok(())
}
