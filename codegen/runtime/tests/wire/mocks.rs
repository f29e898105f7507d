//! The mock's own behaviour.

use std::sync::Arc;

use crm_clients_runtime::Core;
use crm_clients_runtime::generated::Call;
use crm_clients_runtime::mock::{Route, Server};
use serde_json::json;

use crate::{BEARER, GET, KEY, Outcome, POST, QUERY_KEY};

#[tokio::test]
async fn a_condition_may_read_the_mock() -> Outcome {
    let mock = Arc::new(Server::start(vec![Route::of(&GET)]).await?);
    let read = Arc::downgrade(&mock);
    // The first request only: later ones find it among those received.
    mock.on(&GET).when(move |_| read.upgrade().is_some_and(|mock| mock.requests().is_empty())).json(json!({ "n": 1 }));
    mock.on(&GET).json(json!({ "n": 2 }));
    let core = Core::builder("tests", "https://api.example").mock(&mock).build()?;
    for expected in [1, 2] {
        let numbers =
            tokio::time::timeout(std::time::Duration::from_secs(5), Call::new(&core, &GET, &[&1i64])).await??;
        assert_eq!(numbers["n"], expected);
    }
    Ok(mock.verify()?)
}

#[tokio::test]
async fn messages_show_no_credential() -> Outcome {
    let mock = Server::start(vec![Route::of(&GET), Route::of(&POST)]).await?;
    let builder = Core::builder("tests", "https://api.example").mock(&mock);
    for builder in [
        builder.clone().credential(&BEARER, "hunter2"),
        builder.credential(&KEY, "hunter2").credential(&QUERY_KEY, "hunter2"),
    ] {
        let error = Call::new(&builder.build()?, &GET, &[&1i64]).await.err().ok_or("it was answered")?;
        let unmet = mock.verify().err().ok_or("it was foreseen")?;
        let shown = format!("{error} {error:?} {unmet} {unmet:?} {mock:?} {:?}", mock.requests());
        assert!(!shown.contains("hunter2") && shown.contains("authorization"), "{shown}");
    }
    assert_eq!(mock.requests()[0].headers["authorization"], "Bearer hunter2", "they can be asked for");
    Ok(())
}
