//! Calls without async, over sockets of a server on a thread of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, HasMore, Method, Operation, PageKey, Paging, decode};
use crm_clients_runtime::{CallLimits, Retry, blocking};

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, Outcome};

static LIST: Operation<Vec<i64>, ErrorBody> = Operation {
    name: "numbers.list",
    method: Method::GET,
    idempotent: true,
    path: "/numbers",
    security: &[],
    accept: "",
    decode: decode::json,
    errors: &[],
};

static PAGING: Paging<Vec<i64>, i64> = Paging {
    by: &[PageKey::Number("page", 1)],
    items: |page| Some(page),
    signs: &[HasMore::More(|page| Some(page.len() == 2))],
};

/// A server whose runtime is no part of the thread that calls it.
fn server(replies: &[String]) -> Result<(Server, tokio::runtime::Runtime), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let server = runtime.block_on(Server::answering(replies.to_vec()))?;
    Ok((server, runtime))
}

fn core(server: &Server) -> Result<Core, Box<dyn std::error::Error>> {
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    let limits = CallLimits::new().max_in_flight(1);
    Ok(Core::builder("tests", "https://api.example").base_url(server.url()).retry(retry).limits(limits).build()?)
}

#[test]
fn a_call_and_its_retries_run_without_tokio() -> Outcome {
    let (server, _runtime) = server(&[reply("503 Busy", &[], ""), reply("200 OK", &[], r#"{"a": 1}"#)])?;
    let core = core(&server)?;
    let numbers = blocking::wait(Call::new(&core, &GET, &[&7i64]))?;
    assert_eq!((numbers, server.requests().len()), (BTreeMap::from([("a".to_owned(), 1)]), 2));
    let raw = blocking::wait(Call::new(&core, &GET, &[&7i64]).send_raw())?;
    assert_eq!(&raw.body()[..], br#"{"a": 1}"#);
    // Several threads share the client.
    let sums: Vec<_> = std::thread::scope(|scope| {
        let calls = [(); 3].map(|()| {
            scope.spawn(|| blocking::wait(Call::new(&core, &GET, &[&7i64])).map_err(|error| error.to_string()))
        });
        calls.into_iter().map(|call| call.join().map_err(|_| "it panicked".to_owned())?).collect::<Result<_, _>>()
    })?;
    assert_eq!(sums.len(), 3);
    Ok(())
}

#[test]
fn pages_and_items_are_iterators() -> Outcome {
    let pages = ["[1, 2]", "[3, 4]", "[5]"].map(|page| reply("200 OK", &[], page));
    let (server, _runtime) = server(&pages)?;
    let mut items = Call::new(&core(&server)?, &LIST, &[]).items(&PAGING).blocking();
    let three: Vec<i64> = items.by_ref().take(3).collect::<Result<_, _>>()?;
    assert_eq!((three, server.requests().len()), (vec![1, 2, 3], 2));
    assert!(items.checkpoint().is_some());
    assert_eq!(items.collect::<Result<Vec<_>, _>>()?, [4, 5]);

    let (server, _runtime) = self::server(&pages)?;
    let pages = Call::new(&core(&server)?, &LIST, &[]).pages(&PAGING).blocking();
    assert_eq!(pages.map(|page| page.map(|page| page.len())).collect::<Result<Vec<_>, _>>()?, [2, 2, 1]);
    Ok(())
}

#[tokio::test]
async fn within_tokio_a_blocking_call_is_an_error() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "[1]")]).await?;
    let core = core(&server)?;
    let Err(error) = blocking::wait(Call::new(&core, &LIST, &[])) else { return Err("it was sent".into()) };
    assert!(error.to_string().contains("use `.await`"), "{error}");
    let mut items = Call::new(&core, &LIST, &[]).items(&PAGING).blocking();
    assert!(items.next().is_some_and(|item| item.is_err()) && items.next().is_none());
    assert!(server.requests().is_empty());
    Ok(())
}
