//! Measures the overhead of hooks and limits: 10,000 calls of a server on loopback with each kind of client.
//!
//! The server is a process of its own, so that the processor time is that of the calls. In each round, every client
//! makes a few calls in turn; the result is the median of the rounds' ratios, which other load on the machine hardly
//! affects.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crm_clients_runtime::generated::{Call, Core, Method, Operation, RateLimit, decode};
use crm_clients_runtime::{CallLimits, Hook, HookError, RequestContext, ResponseContext};
use rustix::time::{ClockId, clock_gettime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CALLS: usize = 10_000;
const ROUNDS: usize = 500;
/// Rounds that are not measured; the first ones open the connections.
const WARM_UP: usize = 10;

/// The argument with which the benchmark runs itself as the server.
const SERVE: &str = "--serve";

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

/// Counts requests and responses.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Hook for Count {
    fn before_request(&self, _request: &mut RequestContext<'_>) -> Result<(), HookError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn after_response(&self, response: &ResponseContext<'_>) {
        self.0.fetch_add(usize::from(response.status().is_some()), Ordering::Relaxed);
    }
}

/// Sets a header, which makes the request larger.
struct SetHeader;

impl Hook for SetHeader {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        Ok(request.set_header("x-source", "bench")?)
    }
}

/// Responds to each request on each connection, after printing the URL.
async fn serve() -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let mut request = [0; 4096];
            while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await?;
            }
            Ok::<(), std::io::Error>(())
        });
    }
}

/// A server in a process of its own, which ends when it is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Outcome<Self> {
        let mut process = Command::new(env::current_exe()?).arg(SERVE).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().ok_or("no output")?;
        let url = BufReader::new(stdout).lines().next().ok_or("no URL")??;
        Ok(Self { process, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
    }
}

/// The cost of a call in microseconds.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn cpu(&self) -> f64 {
        self.cpu
    }

    fn wall(&self) -> f64 {
        self.wall
    }
}

/// Makes the calls of one round.
async fn round(core: &Core, limited: bool) -> Outcome<Cost> {
    let calls = CALLS / ROUNDS;
    let (begun, used) = (Instant::now(), processor_time());
    for _ in 0..calls {
        let mut call = Call::new(core, &GET, &[&7i64]);
        if limited {
            call.rate_limit(RateLimit::new("things.get", 1_000_000, 60), &[&7i64]);
        }
        call.await?;
    }
    let (wall, cpu) = (begun.elapsed().as_secs_f64(), processor_time() - used);
    Ok(Cost { wall: 1e6 * wall / calls as f64, cpu: 1e6 * cpu / calls as f64 })
}

/// The processor time of this process in seconds.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    if env::args().any(|argument| argument == SERVE) {
        return serve().await;
    }
    let server = Server::start()?;
    let builder = || Core::builder("bench", "https://api.example").base_url(server.url.clone());
    let limits = || CallLimits::new().max_in_flight(8).per_minute(1_000_000);
    let counts = Count::default();
    let clients = [
        ("without", builder().build()?, false),
        // The precision of the measurement.
        ("without, again", builder().build()?, false),
        ("2 hooks", builder().hook(counts.clone()).hook(Count::default()).build()?, false),
        ("2 hooks that set a header", builder().hook(SetHeader).hook(SetHeader).build()?, false),
        ("3 limits", builder().limits(limits()).build()?, true),
        ("2 hooks and 3 limits", builder().hook(counts.clone()).hook(Count::default()).limits(limits()).build()?, true),
    ];
    let mut rounds = vec![Vec::new(); clients.len()];
    for number in 0..ROUNDS + WARM_UP {
        // Each client is the first of a round equally often.
        for turn in 0..clients.len() {
            let index = (number + turn) % clients.len();
            let (_, core, limited) = &clients[index];
            let cost = round(core, *limited).await?;
            if number >= WARM_UP {
                rounds[index].push(cost);
            }
        }
    }
    for (index, (name, ..)) in clients.iter().enumerate() {
        let cells = [Cost::cpu, Cost::wall].map(|of| {
            let value = median(rounds[index].iter().map(of));
            let ratio = median(rounds[index].iter().zip(&rounds[0]).map(|(with, without)| of(with) / of(without)));
            format!("{value:.1} µs ({:+.1} %)", 100.0 * (ratio - 1.0))
        });
        println!("{name}: {} of processor time, {} of time", cells[0], cells[1]);
    }
    println!("{} events", counts.0.load(Ordering::Relaxed));
    Ok(())
}
