//! The behavior of the mock.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core};
use crm_clients_runtime::mock::{MockResponse, Route, Server};
use crm_clients_runtime::{Method, Retry, UndeclaredCall};
use serde_json::json;

use crate::{BEARER, ErrorBody, GET, KEY, Outcome, POST, QUERY_KEY};

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

#[tokio::test]
async fn a_response_that_is_used_up_or_refused_is_named() -> Outcome {
    let mock = Server::start(vec![Route::of(&GET), Route::of(&POST)]).await?;
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    let post = || async {
        let error = Call::new(&core, &POST, &[]).await.err().ok_or("there was a response")?;
        Ok::<_, Box<dyn std::error::Error>>(error.to_string())
    };
    mock.on(&GET).json(json!({}));
    assert!(
        post()
            .await?
            .ends_with("no response is set for POST /things (things.create); responses are set for things.get")
    );
    mock.on(&POST).times(1).json(json!({}));
    Call::new(&core, &POST, &[]).await?;
    let left = "no response is left for POST /things (things.create):";
    assert!(post().await?.ends_with(&format!("{left} its response was used 1 of 1 times")));
    mock.on(&POST).when(|_| false).json(json!({}));
    let both = "response 1 was used 1 of 1 times, the condition of response 2 refused this request";
    assert!(post().await?.ends_with(&format!("{left} {both}")));
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert_eq!(unmet.faults().len(), 3, "{unmet}");
    assert!(unmet.faults()[2].ends_with(both), "{unmet}");
    Ok(())
}

#[tokio::test]
async fn invalid_settings_of_a_response_are_reported() -> Outcome {
    for (set, expected) in [
        (
            (|mock| mock.on(&GET).cut_off(8).json(json!({ "n": 1 }))) as fn(&Server),
            "after 8 bytes, because its body has 7",
        ),
        (|mock| mock.on(&GET).cut_off(0).empty(), "after 0 bytes, because its body has 0"),
        (|mock| mock.on(&GET).status(99).json("any"), "the status 99 is not one of 200 to 999"),
        (|mock| mock.on(&GET).status(101).json("any"), "the status 101 is not one of 200 to 999"),
        (|mock| mock.on(&GET).status(1000).json("any"), "the status 1000 is not one of 200 to 999"),
        (
            |mock| mock.on(&GET).respond_with(|_| MockResponse::text("any").status(1000)),
            "the status 1000 is not one of 200 to 999",
        ),
        (|mock| mock.on(&GET).cut_off(9).respond_with(|_| MockResponse::json(json!({ "n": 1 }))), "after 9 bytes"),
    ] {
        let mock = Server::start(vec![Route::of(&GET)]).await?;
        set(&mock);
        let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
        let error = Call::new(&core, &GET, &[&1i64]).await.err().ok_or("there was a response")?;
        let unmet = mock.verify().err().ok_or("verify succeeded")?;
        assert!(unmet.to_string().starts_with("invalid mock response for things.get: "), "{unmet}");
        assert!(unmet.to_string().contains(expected) && error.to_string().contains(expected), "{unmet}, {error}");
    }
    Ok(())
}

#[tokio::test]
async fn an_undeclared_endpoint_has_responses() -> Outcome {
    let mock = Server::start(vec![Route::of(&GET)]).await?;
    mock.request(Method::GET, "/v1/new/{id}").times(2).json(json!(["any"]));
    mock.request(Method::POST, "v1/a%20b?kind=c").when(|request| request.query("n").is_some()).status(201).empty();
    // A response by path also applies to a declared operation.
    mock.request(Method::GET, "/things/{id}").json(json!({ "n": 3 }));
    let core = Core::builder("tests", "https://api.example").mock(&mock).retry(Retry::never()).build()?;
    let call = |method, path| UndeclaredCall::<ErrorBody>::new(&core, &[], method, path);
    assert_eq!(call(Method::GET, "/v1/new/7").query("limit", 10).await?.json::<Vec<String>>()?, ["any"]);
    assert_eq!(call(Method::POST, "/v1/a%20b?kind=c").query("n", 1).await?.status(), 201);
    assert_eq!(Call::new(&core, &GET, &[&1i64]).await?["n"], 3);
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert_eq!(unmet.to_string(), "GET /v1/new/{id} was called 1 of 2 times");
    let targets = mock.requests().into_iter().map(|request| (request.operation, request.target)).collect::<Vec<_>>();
    assert_eq!(targets[0], (None, "/v1/new/7?limit=10".to_owned()));

    for (path, expected) in [
        (
            "/v1/new",
            "no response is set for GET /v1/new (not an operation of this API); responses are set for GET /v1/new/{id}",
        ),
        ("/v1/a%20b?kind=c", "no response is set for GET /v1/a%20b?kind=… (not an operation of this API)"),
    ] {
        let error = call(Method::GET, path).await.err().ok_or("there was a response")?;
        assert!(error.to_string().contains(expected), "{error}");
    }
    let error = call(Method::POST, "/v1/a%20b?kind=c").await.err().ok_or("there was a response")?;
    assert!(error.to_string().ends_with("the condition of its response refused this request"), "{error}");

    let mock = Server::start(vec![]).await?;
    mock.request(Method::GET, "https://other.example/v1").empty();
    let unmet = mock.verify().err().ok_or("verify succeeded")?;
    assert!(unmet.to_string().contains("is not a path below the client's base URL"), "{unmet}");
    Ok(())
}

#[cfg(feature = "blocking")]
#[test]
fn a_mock_is_started_without_async() -> Outcome {
    let mock = Server::start_blocking(vec![Route::of(&GET)])?;
    mock.on(&GET).times(1).json(json!({ "n": 1 }));
    let core = Core::builder("tests", "https://api.example").mock(&mock).build()?;
    assert_eq!(crm_clients_runtime::blocking::wait(Call::new(&core, &GET, &[&1i64]))?["n"], 1);
    mock.verify()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let error = runtime.block_on(async { Server::start_blocking(Vec::new()) }).err().ok_or("it started")?;
    assert!(error.to_string().contains("a blocking call was made within tokio"), "{error}");
    Ok(())
}
