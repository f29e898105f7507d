//! Hooks, and transports that replace the network.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crm_clients_runtime::generated::Call;
use crm_clients_runtime::generated::{Core, CoreBuilder};
use crm_clients_runtime::{Error, Hook, HookError, RequestContext, ResponseContext, Retry, http, reqwest};
use serde_json::json;

use crate::server::{Server, reply};
use crate::{ErrorBody, GET, KEY, Numbers, Outcome, POST, QUERY_KEY};

fn builder(server: &Server) -> CoreBuilder {
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    Core::builder("tests", "https://api.example").base_url(server.url()).retry(retry)
}

/// Records its calls, and adds the number of the attempt to each request.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn push(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Hook for Recorder {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        request.set_header("x-attempt", &request.attempt().to_string())?;
        let body = request.body().map(|body| String::from_utf8_lossy(body).into_owned());
        let key =
            request.headers().get("api_access_token").map(|value| value.to_str().map(str::to_owned)).transpose()?;
        self.push(format!(
            "{} {} {} {} {} {} {body:?} {key:?}",
            request.api(),
            request.operation(),
            request.method(),
            request.url_template(),
            request.url().path(),
            request.attempt(),
        ));
        Ok(())
    }

    fn after_response(&self, response: &ResponseContext<'_>) {
        self.push(format!(
            "{} {} {:?} {:?} {:?} {} {}",
            response.operation(),
            response.attempt(),
            response.status().map(|status| status.as_u16()),
            response.headers().and_then(|headers| headers.get("x-a")).is_some(),
            response.body().map(|body| String::from_utf8_lossy(body).into_owned()),
            response.error().is_some(),
            response.is_timeout(),
        ));
    }
}

#[tokio::test]
async fn a_hook_sees_each_attempt_and_sets_headers() -> Outcome {
    let server =
        Server::answering([reply("503 Service Unavailable", &["x-a: 1"], "no"), reply("200 OK", &[], "{}")]).await?;
    let recorder = Recorder::default();
    let builder = builder(&server).credential(&KEY, "k1").credential(&QUERY_KEY, "q1");
    // Hooks can be shared, and chosen at run time.
    let chosen: Box<dyn Hook> = Box::new(Arc::new(recorder.clone()));
    let core = builder.hook(chosen).build()?;
    Call::new(&core, &GET, &[&7i64]).header(http::header::ACCEPT, "text/plain").await?;
    assert_eq!(
        recorder.lines(),
        [
            "tests things.get GET /things/{id}?fixed=1#part /things/7 1 None Some(\"k1\")",
            "things.get 1 Some(503) true Some(\"no\") false false",
            "tests things.get GET /things/{id}?fixed=1#part /things/7 2 None Some(\"k1\")",
            "things.get 2 Some(200) false Some(\"{}\") false false",
        ]
    );
    assert_eq!(server.requests()[0].header("accept"), Some("text/plain"));
    let attempts: Vec<_> = server.requests().iter().map(|request| request.header("x-attempt") == Some("1")).collect();
    assert_eq!(attempts, [true, false]);
    Ok(())
}

#[tokio::test]
async fn a_hook_sees_bodies_errors_redirects_and_timeouts() -> Outcome {
    let recorder = Recorder::default();
    let server = Server::answering(["reset"]).await?;
    let core = builder(&server).hook(recorder.clone()).build()?;
    let mut call = Call::new(&core, &POST, &[]);
    call.json("application/json", &json!({ "a": 1 }));
    assert!(call.await.is_err());
    let expected = [
        "tests things.create POST /things /things 1 Some(\"{\\\"a\\\":1}\") None",
        "things.create 1 None false None true false",
    ];
    assert_eq!(recorder.lines(), expected);

    let server = Server::answering([reply("307 Moved", &["Location: /new"], ""), reply("200 OK", &[], "{}")]).await?;
    Call::new(&builder(&server).hook(recorder.clone()).build()?, &GET, &[&7i64]).await?;
    let lines: Vec<_> =
        recorder.lines().iter().map(|line| line.split(' ').take(5).collect::<Vec<_>>().join(" ")).collect();
    let (first, second) = (
        "tests things.get GET /things/{id}?fixed=1#part /things/7",
        "tests things.get GET /things/{id}?fixed=1#part /new",
    );
    assert_eq!(
        lines,
        [first, "things.get 1 Some(307) false None", second, "things.get 1 Some(200) false Some(\"{}\")"]
    );

    let server = Server::answering(["hang:"]).await?;
    let core =
        builder(&server).timeout(Duration::from_millis(200)).retry(Retry::never()).hook(recorder.clone()).build()?;
    assert!(Call::new(&core, &GET, &[&7i64]).await.is_err());
    assert_eq!(recorder.lines()[1], "things.get 1 None false None true true");
    Ok(())
}

/// Rejects every request, or decides every retry.
struct Decides(Option<bool>);

impl Hook for Decides {
    fn before_request(&self, request: &mut RequestContext<'_>) -> Result<(), HookError> {
        match (self.0, request.set_header("content-length", "1")) {
            (Some(_), _) => Ok(()),
            (None, outcome) => Ok(outcome?),
        }
    }

    fn should_retry(&self, response: &ResponseContext<'_>) -> Option<bool> {
        self.0.map(|retry| retry && response.attempt() == 1)
    }
}

#[tokio::test]
async fn a_hook_decides_retries_and_can_reject_a_request() -> Outcome {
    for (decision, expected) in [(true, 2), (false, 1)] {
        for status in ["503 Service Unavailable", "400 Bad Request", "429 Too Many Requests"] {
            let server = Server::answering([reply(status, &[], "")]).await?;
            let core = builder(&server).hook(Decides(Some(decision))).build()?;
            assert!(Call::new(&core, &POST, &[]).await.is_err());
            assert_eq!(server.requests().len(), expected, "{status}");
        }
    }
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let recorder = Recorder::default();
    let core = builder(&server).hook(Decides(None)).hook(recorder.clone()).build()?;
    let error = Call::new(&core, &GET, &[&7i64]).await.err().ok_or("it was sent")?;
    assert_eq!(
        error.to_string(),
        "things.get: a hook rejected the request: the header content-length is determined by the body"
    );
    assert!(matches!(error, Error::Request(_)));
    assert_eq!((server.requests().len(), recorder.lines().len()), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_transport_replaces_the_network() -> Outcome {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let transport = move |request: reqwest::Request| {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let response = http::Response::builder();
            Ok(match (number, request.url().path()) {
                (0, "/things/7") => response.status(503).body("")?.into(),
                (_, "/things/7") => response.status(302).header("location", "/moved").body("")?.into(),
                (_, "/moved") => response.status(200).body(r#"{"n": 1}"#)?.into(),
                (_, path) => return Err(format!("{path} is not expected").into()),
            })
        }
    };
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    let core = Core::builder("tests", "https://api.example").retry(retry).transport(transport).build()?;
    let numbers: Numbers = Call::new(&core, &GET, &[&7i64]).await?;
    assert_eq!((numbers["n"], sent.load(Ordering::Relaxed)), (1, 3));

    let outcome: Result<(), Error<ErrorBody>> = Call::new(&core, &POST, &[]).await;
    let error = outcome.err().ok_or("it succeeded")?;
    assert_eq!(error.to_string(), "things.create: the transport failed: /things is not expected");
    assert_eq!(sent.load(Ordering::Relaxed), 4, "a POST may have taken effect");
    assert!(Call::new(&core, &GET, &[&8i64]).await.is_err());
    assert_eq!(sent.load(Ordering::Relaxed), 7, "a GET is retried");
    Ok(())
}
