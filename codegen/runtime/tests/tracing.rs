//! The contents of logs: what is logged about a call, and what never is.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, Method, Operation, Scheme, SchemeKind, Style, decode};
use crm_clients_runtime::{Retry, TraceContext};
use tracing_subscriber::fmt::format::FmtSpan;

static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Query("api_key") };

static SEARCH: Operation<(), ()> = Operation {
    name: "things.search",
    method: Method::POST,
    idempotent: false,
    path: "/people/{id}/things",
    security: &[&[&KEY]],
    accept: "",
    decode: decode::empty,
    errors: &[],
};

#[derive(Debug)]
struct Person {
    born: Option<crm_clients_runtime::Date>,
}
crm_clients_runtime::read_object! { Person { born: optional "born" } }

static PERSON: Operation<Person, ()> = Operation {
    name: "people.get",
    method: Method::GET,
    idempotent: true,
    path: "/person",
    security: &[],
    accept: "",
    decode: decode::json,
    errors: &[],
};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Responds to each connection with the next of these statuses.
fn server(statuses: &'static [&'static str]) -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for (status, stream) in statuses.iter().zip(listener.incoming()) {
            let mut stream = stream?;
            let _read = stream.read(&mut [0; 4096])?;
            let body = if *status == "200 Odd" { r#"{"born": "secret-day"}"# } else { "secret-body" };
            let length = body.len();
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")?;
        }
        Ok::<(), std::io::Error>(())
    });
    Ok(url)
}

async fn search(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    let core = Core::builder("tests", "https://api.example").base_url(url).credential(&KEY, "secret-key").retry(retry);
    let mut call = Call::new(&core.build()?, &SEARCH, &[&"secret-id"]);
    call.query_param("q", Style::Form, "secret-query");
    call.text("text/plain", "secret-text");
    Ok(call.await?)
}

#[tokio::test]
async fn a_call_is_one_span_with_its_result() -> Result<(), Box<dyn std::error::Error>> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    search(&server(&["429 Too Many Requests", "200 OK"])?).await?;
    assert!(search(&server(&["422 Unprocessable Entity"])?).await.is_err());
    let nobody = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    assert!(search(&format!("http://{nobody}")).await.is_err());

    let text = log.text();
    let of_calls: Vec<&str> = text.lines().filter(|line| line.contains("close") && line.contains(" call{")).collect();
    let [repeated, refused, unreachable] = of_calls[..] else { return Err(text.into()) };
    for part in [
        r#"otel.name="things.search""#,
        r#"otel.kind="client""#,
        r#"api="tests""#,
        r#"http.request.method="POST""#,
        r#"url.template="/people/{id}/things""#,
        "http.response.status_code=429",
        "http.request.resend_count=1",
        "http.response.status_code=200",
        r#"server.address="127.0.0.1""#,
        "server.port=",
    ] {
        assert!(repeated.contains(part), "no {part} in {repeated}");
    }
    assert!(text.contains("retrying the request delay="), "{text}");
    assert!(!repeated.contains("error.type"), "the call succeeded: {repeated}");
    assert!(refused.contains(r#"error.type="422" otel.status_code="ERROR""#), "{refused}");
    assert!(refused.contains("http.response.status_code=422") && !refused.contains("resend_count"), "{refused}");
    assert!(unreachable.contains(r#"error.type="connect""#), "{unreachable}");
    let own: String = text.lines().filter(|line| line.contains("call{")).collect();
    assert!(!own.contains("secret"), "{own}");
    Ok(())
}

#[tokio::test]
async fn a_warning_is_logged_without_the_value() -> Result<(), Box<dyn std::error::Error>> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let core = Core::builder("tests", "https://api.example").base_url(server(&["200 Odd"])?).build()?;
    let person = Call::new(&core, &PERSON, &[]).await?;
    assert_eq!(person.born, None);
    let text = log.text();
    let expected = r#"operation="people.get" path="$.born" reason="invalid value: string, expected a date""#;
    assert!(text.contains(" WARN ") && text.contains(expected) && !text.contains("secret"), "{text}");
    assert!(text.contains(r#"call{otel.name="people.get""#), "the warning is not within the span of the call: {text}");
    Ok(())
}

#[tokio::test]
async fn a_response_that_is_not_as_declared_is_an_error_of_its_span() -> Result<(), Box<dyn std::error::Error>> {
    let log = Log::default();
    let writer = log.clone();
    let events = tracing_subscriber::fmt().with_span_events(FmtSpan::CLOSE).with_ansi(false);
    let _guard = tracing::subscriber::set_default(events.with_writer(move || writer.clone()).finish());
    let core = Core::builder("tests", "https://api.example").base_url(server(&["200 OK"])?).build()?;
    assert!(Call::new(&core, &PERSON, &[]).await.is_err());
    let text = log.text();
    let expected = r#"http.response.status_code=200 error.type="decode" otel.status_code="ERROR""#;
    assert!(text.contains(expected), "{text}");
    Ok(())
}

#[tokio::test]
async fn the_trace_context_is_that_of_the_calls_span() -> Result<(), Box<dyn std::error::Error>> {
    let _guard = tracing::subscriber::set_default(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        let mut request = [0; 4096];
        let length = stream.read(&mut request)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&request[..length]).into_owned())
    });
    let context = TraceContext::new(|| tracing::Span::current().metadata().map(|span| format!("of-{}", span.name())));
    let core = Core::builder("tests", "https://api.example").base_url(url).hook(context).build()?;
    Call::new(&core, &PERSON, &[]).await?;
    let request = server.join().map_err(|_| "the server panicked")??;
    assert!(request.contains("traceparent: of-call\r\n"), "{request}");
    Ok(())
}
