//! Measures the overhead of hooks and limits: 10,000 calls of a server on loopback without and with them, in
//! alternating rounds, so that other load on the machine affects both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crm_clients_runtime::generated::{Call, Core, Method, Operation, RateLimit, decode};
use crm_clients_runtime::{CallLimits, Hook, HookError, RequestContext, ResponseContext};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CALLS: usize = 10_000;
const ROUNDS: usize = 100;

static GET: Operation<(), ()> = Operation {
    name: "things.get",
    method: Method::GET,
    idempotent: true,
    path: "/things/{}",
    security: &[],
    accept: "",
    decode: decode::empty,
    errors: &[],
};

/// Counts requests and responses, and sets a header.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Hook for Count {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(request.set_header("x-source", "bench")?)
    }

    fn after_response(&self, response: &ResponseContext<'_>) {
        self.0.fetch_add(usize::from(response.status().is_some()), Ordering::Relaxed);
    }
}

/// Responds to each request on each connection.
async fn server() -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await?;
                }
                Ok::<(), std::io::Error>(())
            });
        }
    });
    Ok(url)
}

/// Makes the calls of one round. Returns the time per call.
async fn round(core: &Core, limited: bool) -> Outcome<Duration> {
    let calls = CALLS / ROUNDS;
    let begun = Instant::now();
    for _ in 0..calls {
        let mut call = Call::new(core, &GET, &[&7i64]);
        if limited {
            call.rate_limit(RateLimit::new("things.get", 1_000_000, 60), &[&7i64]);
        }
        call.await?;
    }
    Ok(begun.elapsed() / u32::try_from(calls)?)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let url = server().await?;
    let builder = || Core::builder("bench", "https://api.example").base_url(url.clone());
    let plain = builder().build()?;
    let count = Count::default();
    let limits = CallLimits::new().max_in_flight(8).per_minute(1_000_000);
    let both = builder().hook(count.clone()).hook(Count::default()).limits(limits).build()?;
    round(&plain, false).await?;
    round(&both, true).await?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(round(&plain, false).await?);
        with.push(round(&both, true).await?);
    }
    let (without, with) = (median(without), median(with));
    let percent = 100.0 * (with.as_secs_f64() / without.as_secs_f64() - 1.0);
    println!(
        "a call: {without:?}; with 2 hooks and 3 limits: {with:?} ({percent:+.1} %); {} events",
        count.0.load(Ordering::Relaxed)
    );
    Ok(())
}
