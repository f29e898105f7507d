//! What a call costs: time and allocations of the generated client against the same call written by hand with `reqwest`
//! and `serde`, both against one server on loopback.
//!
//! `cargo bench --bench calls`. The two take turns, so that whatever else the machine does falls on both; what counts is
//! the ratio.

mod by_hand;
mod server;

use std::alloc::System;
use std::time::{Duration, Instant};

use crm_clients::kajabi;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A way to make the call, and what it took.
struct Side {
    times: Vec<Duration>,
    allocations: usize,
    bytes: usize,
}

impl Side {
    fn new(rounds: usize) -> Self {
        Self { times: Vec::with_capacity(rounds), allocations: 0, bytes: 0 }
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

    fn median(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times[self.times.len() / 2]
    }
}

/// Lets both sides make the call in turns, and prints a line of the table.
async fn compare(
    name: &str,
    calls: usize,
    contacts: usize,
    generated: impl AsyncFn() -> Outcome<usize>,
    by_hand: impl AsyncFn() -> Outcome<usize>,
) -> Outcome {
    const ROUNDS: usize = 60;
    let (mut ours, mut theirs) = (Side::new(ROUNDS), Side::new(ROUNDS));
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            ours.round(calls, &generated, contacts).await?;
            theirs.round(calls, &by_hand, contacts).await?;
        } else {
            theirs.round(calls, &by_hand, contacts).await?;
            ours.round(calls, &generated, contacts).await?;
        }
    }
    let (median, other) = (ours.median(), theirs.median());
    println!(
        "| {name} | {median:.1?} | {other:.1?} | {:.2} | {} | {} | {} | {} |",
        median.as_secs_f64() / other.as_secs_f64(),
        ours.allocations,
        theirs.allocations,
        ours.bytes,
        theirs.bytes,
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    println!("| call | generated | by hand | ratio | allocations | by hand | bytes | by hand |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, calls, contacts) in [("one contact", 100, 1), ("a page of 1,000 contacts", 5, 1000)] {
        let url = server::start(server::page(contacts))?;
        let kajabi = kajabi::Client::builder().bearer_token("token").base_url(&url).build()?;
        let by_hand = by_hand::Client::new(&url, "token");
        compare(
            name,
            calls,
            contacts,
            async || Ok(kajabi.contacts().list().page_size(1000).filter_site_id("9").await?.data.len()),
            async || Ok(by_hand.contacts(1000, "9").await?.data.len()),
        )
        .await?;
    }
    Ok(())
}
