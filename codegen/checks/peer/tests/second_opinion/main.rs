//! Compares our clients of Kajabi and Chatwoot with progenitor's: their requests must be equal, or the difference must
//! be on a list with its reason.
//!
//! Each operation is called with random arguments, the same in every run, which are shrunk if the clients differ.

mod arguments;
mod clients;
mod compare;
mod document;
mod recorder;
mod rules;
mod strategies;
mod tally;

use std::cell::RefCell;
use std::error::Error;

use arguments::{Arguments, Unsupported};
use clients::{Api, Call};
use compare::{Difference, Part};
use document::Operation;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use recorder::{Recorder, Request};
use tally::Tally;
use tokio::runtime::{Builder, Runtime};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The number of calls of each operation.
const CASES: u32 = 32;

#[test]
fn both_clients_send_the_same_requests() -> Result {
    let run = |api: fn(&str) -> Result<Api>| move || compared(api).map_err(|error| error.to_string());
    let tallies = std::thread::scope(|scope| {
        let running = [clients::kajabi, clients::chatwoot].map(|api| scope.spawn(run(api)));
        running.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut whole = Tally::default();
    for tally in tallies {
        whole.add(tally?);
    }
    print!("{whole}");
    // Print the message here, because the test harness escapes errors.
    whole.verdict().inspect_err(|faults| eprintln!("{faults}")).map_err(|_| "the clients differ".into())
}

/// Calls every operation of an API.
fn compared(api: fn(&str) -> Result<Api>) -> Result<Tally> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let recorder = runtime.block_on(Recorder::start())?;
    let api = api(recorder.url())?;
    let tally = RefCell::new(Tally::default());
    for operation in document::operations(&api.document)? {
        let ours = (api.ours)(&operation.key, operation.credential.as_ref())?;
        let theirs = (api.theirs)(&operation.key, operation.credential.as_ref())?;
        let pair = Pair { runtime: &runtime, recorder: &recorder, ours, theirs, tally: &tally };
        pair.compare(&api, &operation)?;
    }
    Ok(tally.into_inner())
}

/// An operation of both clients.
struct Pair<'a> {
    runtime: &'a Runtime,
    recorder: &'a Recorder,
    ours: Call,
    theirs: Call,
    tally: &'a RefCell<Tally>,
}

impl Pair<'_> {
    fn compare(&self, api: &Api, operation: &Operation<'_>) -> Result {
        let key = format!("{} {}", api.name, operation.key);
        let strategy = strategies::arguments(&api.document, operation).map_err(|why| format!("{key}: {why}"))?;
        self.tally.borrow_mut().begin(&key, operation);
        let run = runner(&key).run(&strategy, |arguments| self.case(&arguments).map_err(TestCaseError::fail));
        if let Err(error) = run {
            let told = match error {
                TestError::Fail(reason, arguments) => format!("{key}\n{arguments}{reason}"),
                TestError::Abort(reason) => format!("{key}: {reason}"),
            };
            self.tally.borrow_mut().fail(told);
        }
        Ok(())
    }

    /// Calls both clients. The error describes unexpected differences.
    fn case(&self, arguments: &Arguments) -> std::result::Result<(), String> {
        let ours = self.outcome(&self.ours, arguments.clone());
        let theirs = self.outcome(&self.theirs, arguments.by_hand());
        let differences = match (&ours, &theirs) {
            (Outcome::Sent(ours), Outcome::Sent(theirs)) => compare::compare(arguments, ours, theirs),
            _ => vec![Outcome::differ(&ours, &theirs)],
        };
        self.tally.borrow_mut().judge(&differences, arguments)
    }

    fn outcome(&self, call: &Call, arguments: Arguments) -> Outcome {
        let called = self.runtime.block_on(call(arguments));
        let mut requests = self.recorder.take();
        match (called, requests.pop()) {
            (Err(misfit), _) => Outcome::Unsupported(misfit),
            (Ok(_), Some(request)) if requests.is_empty() => Outcome::Sent(request),
            (Ok(_), Some(_)) => Outcome::Refused("it sent more than one request".to_owned()),
            (Ok(error), None) => Outcome::Refused(error.unwrap_or_default()),
        }
    }
}

/// The outcome of a call.
enum Outcome {
    /// The request reached the server.
    Sent(Request),
    /// The client failed with an error.
    Refused(String),
    /// The client's types cannot represent the arguments.
    Unsupported(Unsupported),
}

impl Outcome {
    /// Returns the difference if not both requests reached the server.
    fn differ(ours: &Self, theirs: &Self) -> Difference {
        let told = |outcome: &Self| match outcome {
            Self::Sent(request) => format!("{} {}", request.method, request.uri),
            Self::Refused(error) => error.clone(),
            Self::Unsupported(misfit) => misfit.to_string(),
        };
        let part = match (ours, theirs) {
            (Self::Unsupported(_), _) | (_, Self::Unsupported(_)) => Part::Taken,
            _ => Part::Sent,
        };
        Difference { part, ours: Some(told(ours).into()), theirs: Some(told(theirs).into()), given: None }
    }
}

/// Returns a deterministic runner, with different cases for each operation.
fn runner(key: &str) -> TestRunner {
    let mut seed = [0; 32];
    for (index, byte) in key.bytes().enumerate() {
        seed[index % 32] ^= byte;
    }
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 1_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}
