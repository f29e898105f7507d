//! The cost of a call: time and allocations of our client, of progenitor's, and of the same call written by hand with
//! `reqwest` and `serde`, on one loopback server.

mod by_hand;
mod server;

use std::alloc::System;
use std::time::{Duration, Instant};

use crm_clients::kajabi;
use crm_clients_peer::kajabi as progenitor;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const ROUNDS: usize = 61;

/// An implementation of the call, and its measurements.
struct Side {
    times: Vec<Duration>,
    allocations: usize,
    bytes: usize,
}

impl Side {
    fn new() -> Self {
        Self { times: Vec::with_capacity(ROUNDS), allocations: 0, bytes: 0 }
    }

    /// Makes the calls of one round.
    async fn round(&mut self, calls: usize, call: impl AsyncFn() -> Outcome<usize>, expected: usize) -> Outcome {
        let region = Region::new(ALLOCATOR);
        let begun = Instant::now();
        for _ in 0..calls {
            if call().await? != expected {
                return Err("the call returned something else".into());
            }
        }
        self.times.push(begun.elapsed() / u32::try_from(calls)?);
        let change = region.change();
        self.allocations = change.allocations / calls;
        self.bytes = change.bytes_allocated / calls;
        Ok(())
    }
}

/// Runs the implementations in turns, so that other load on the machine affects all of them, and prints the rows of the
/// table.
async fn compare(
    name: &str,
    calls: usize,
    contacts: usize,
    ours: impl AsyncFn() -> Outcome<usize>,
    progenitor: impl AsyncFn() -> Outcome<usize>,
    by_hand: impl AsyncFn() -> Outcome<usize>,
) -> Outcome {
    let mut sides = [Side::new(), Side::new(), Side::new()];
    for round in 0..ROUNDS {
        for turn in 0..3 {
            let side = (round + turn) % 3;
            match side {
                0 => sides[0].round(calls, &ours, contacts).await?,
                1 => sides[1].round(calls, &progenitor, contacts).await?,
                _ => sides[2].round(calls, &by_hand, contacts).await?,
            }
        }
    }
    let medians = sides.each_mut().map(|side| {
        side.times.sort_unstable();
        side.times[ROUNDS / 2].as_secs_f64() * 1e6
    });
    row(&format!("{name}: time"), medians, " µs", "1.00 of progenitor's, 1.05 of by hand");
    row(&format!("{name}: allocations"), sides.each_ref().map(|side| side.allocations as f64), "", "");
    row(&format!("{name}: allocated"), sides.each_ref().map(|side| side.bytes as f64 / 1024.0), " KiB", "");
    Ok(())
}

/// Prints a row of the table: the value of each implementation, and the ratio of ours to it.
fn row(what: &str, [ours, progenitor, by_hand]: [f64; 3], unit: &str, aim: &str) {
    let other = |other: f64| format!("{other:.0}{unit} ({:.2})", ours / other);
    println!("| {what} | {ours:.0}{unit} | {} | {} | {aim} |", other(progenitor), other(by_hand));
}

/// Progenitor's method takes all filters in order.
async fn contacts(client: &progenitor::Client) -> Outcome<usize> {
    #[rustfmt::skip]
    let page = client.contacts_list(
        None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        None, None, None, None, None, None, None, None, None, None, Some("9"), None, None, None, None, None, None,
        None, None, None, None, Some(1000), None,
    );
    Ok(page.await?.data.len())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    println!("| a call on loopback | ours | progenitor | by hand | aim, in brackets |");
    println!("|---|---|---|---|---|");
    for (name, calls, count) in [("one contact", 100, 1), ("a page of 1,000 contacts", 5, 1000)] {
        let url = server::start(server::page(count))?;
        let ours = kajabi::Client::builder().bearer_token("token").base_url(&url).build()?;
        let authorization = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer token"))]);
        let http = reqwest::Client::builder().default_headers(authorization).build()?;
        let progenitor = progenitor::Client::new_with_client(&url, http);
        let by_hand = by_hand::Client::new(&url, "token");
        compare(
            name,
            calls,
            count,
            async || Ok(ours.contacts().list().page_size(1000).filter_site_id("9").await?.data.len()),
            async || contacts(&progenitor).await,
            async || Ok(by_hand.contacts(1000, "9").await?.data.len()),
        )
        .await?;
    }
    Ok(())
}
