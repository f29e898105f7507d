//! The behavior of the mock.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use crm_clients_runtime::Retry;
use crm_clients_runtime::generated::Call;
use crm_clients_runtime::generated::Core;
use crm_clients_runtime::mock::{MockResponse, Route, Server};
use serde_json::json;

use crate::{BEARER, GET, KEY, Outcome, POST, QUERY_KEY};

#[tokio::test]
async fn a_condition_can_read_the_mock() -> Outcome {
    let mock = Arc::new(Server::start(vec![Route::of(&GET)]).await?);
    let read = Arc::downgrade(&mock);
    // Matches only the first request: later ones find it in the received requests.
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
async fn a_response_is_computed_from_the_request() -> Outcome {
    let mock = Server::start(vec![Route::of(&GET), Route::of(&POST)]).await?;
    mock.on(&GET).header("x-kept", "1").respond_with(|request| match request.target.as_str() {
        "/things/1?fixed=1" => MockResponse::json(json!({ "n": request.target.len() })).header("x-own", "2"),
        "/things/2?fixed=1" => MockResponse::text("busy").status(503),
        _ => MockResponse::json("no numbers"),
    });
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    let response = Call::new(&core, &GET, &[&1i64]).send_with_response().await?;
    assert_eq!((response.body()["n"], response.headers().contains_key("x-kept")), (17, true));
    assert!(response.headers().contains_key("x-own"));
    assert_eq!(
        Call::new(&core, &GET, &[&2i64]).await.err().and_then(|error| error.status().map(|status| status.as_u16())),
        Some(503)
    );
    mock.verify()?;
    let error = Call::new(&core, &GET, &[&3i64]).await.err().ok_or("the response is not valid for the operation")?;
    assert!(error.to_string().contains("mock: invalid mock response for things.get: at $"), "{error}");
    assert!(mock.verify().is_err());
    Ok(())
}

#[tokio::test]
async fn a_response_is_delayed_or_cut_off() -> Outcome {
    let mock = Server::start(vec![Route::of(&GET)]).await?;
    mock.on(&GET).times(1).delay(Duration::from_millis(300)).json(json!({ "n": 1 }));
    mock.on(&GET).times(1).delay(Duration::from_millis(300)).json(json!({ "n": 1 }));
    mock.on(&GET).times(1).cut_off(3).json(json!({ "n": 1 }));
    mock.on(&GET).times(1).cut_off(0).json(json!({ "n": 1 }));
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    let call = || Call::new(&core, &GET, &[&1i64]);
    let error = call().timeout(Duration::from_millis(100)).await.err().ok_or("it was in time")?;
    assert!(error.is_timeout(), "{error}");
    assert_eq!(call().await?["n"], 1);
    let mut pieces = call().send_stream().await?.into_body();
    assert_eq!(pieces.next().await.ok_or("there is no piece")??, r#"{"n"#);
    let error = pieces.next().await.ok_or("it was complete")?.err().ok_or("another piece came")?;
    assert!(error.to_string().contains("the body was cut off"), "{error}");
    assert!(call().await.is_err_and(|error| error.raw_body().is_none()));
    Ok(mock.verify()?)
}

#[tokio::test]
async fn a_mock_that_was_not_verified_panics_if_its_expectations_are_unmet() -> Outcome {
    let dropped = |mock: Server| std::panic::catch_unwind(AssertUnwindSafe(|| drop(mock)));
    let mock = || Server::start(vec![Route::of(&GET)]);
    let unmet = mock().await?;
    unmet.on(&GET).times(1).json(json!({ "n": 1 }));
    let panic = dropped(unmet).err().ok_or("it did not panic")?;
    let message = panic.downcast_ref::<String>().ok_or("no message")?;
    assert_eq!(message, "expectations of the mock were not met: things.get was called 0 of 1 times");
    assert!(dropped(mock().await?).is_ok(), "all expectations were met");
    let ignored = mock().await?;
    ignored.on(&GET).times(1).json(json!({ "n": 1 }));
    ignored.verify_on_drop(false);
    assert!(dropped(ignored).is_ok());
    let verified = mock().await?;
    verified.on(&GET).times(1).json(json!({ "n": 1 }));
    assert!(verified.verify().is_err() && dropped(verified).is_ok());
    Ok(())
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
        let unmet = mock.verify().err().ok_or("verify succeeded")?;
        let shown = format!("{error} {error:?} {unmet} {unmet:?} {mock:?} {:?}", mock.requests());
        assert!(!shown.contains("hunter2") && shown.contains("authorization"), "{shown}");
    }
    assert_eq!(mock.requests()[0].headers["authorization"], "Bearer hunter2", "they are available");
    Ok(())
}
