//! Network and server failures: the error of each, and the number of requests that reached the server, for a call that
//! can be retried and for one that cannot.

use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, Method, Operation, decode};
use crm_clients_runtime::{Error, Retry};

use crate::server::{Server, reply};
use crate::{ERRORS, ErrorBody, GET, Numbers, Outcome};

static CREATE: Operation<Numbers, ErrorBody> = Operation {
    name: "things.create",
    method: Method::POST,
    idempotent: false,
    path: "/things",
    security: &[],
    accept: "application/json",
    decode: decode::json,
    errors: ERRORS,
};

/// Returns the result of a call as text.
fn told(outcome: Result<Numbers, Error<ErrorBody>>) -> String {
    match outcome {
        Ok(numbers) => format!("{numbers:?}"),
        Err(error) => error.to_string(),
    }
}

/// Calls a server with these responses, with time for three attempts, and compares the beginning of each result.
async fn check(fault: &str, replies: &[String], get: (usize, &str), post: (usize, &str)) -> Outcome {
    for (operation, path, (requests, expected)) in [(&GET, &[&7i64 as _][..], get), (&CREATE, &[], post)] {
        let server = Server::answering(replies.iter().cloned()).await?;
        let core = Core::builder("tests", "https://api.example")
            .base_url(server.url())
            .timeout(Duration::from_millis(150))
            .retry(Retry::default().first_delay(Duration::from_millis(1)))
            .build()?;
        let told = told(Call::new(&core, operation, path).await);
        let expected = expected.replace("{op}", operation.name);
        assert!(told.starts_with(&expected), "{fault}, {}: {told}", operation.method);
        assert_eq!(server.connections(), requests, "{fault}, {}: {told}", operation.method);
    }
    Ok(())
}

fn ok() -> String {
    reply("200 OK", &["content-type: application/json"], r#"{"n":1}"#)
}

const NUMBERS: &str = r#"{"n": 1}"#;

#[tokio::test]
async fn connections_that_break() -> Outcome {
    let failed = "{op}: the request failed: ";
    check("reset before the request was read", &["drop".into(), ok()], (2, NUMBERS), (1, failed)).await?;
    check("reset after the request was read", &["reset".into(), ok()], (2, NUMBERS), (1, failed)).await?;
    check("repeated resets", &["reset".into()], (3, failed), (1, failed)).await?;

    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"n\":";
    let told = "{op}: the body was cut off: ";
    check("a truncated body", &[cut.into(), ok()], (2, NUMBERS), (1, told)).await?;
    let cut = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"n\":\r\n";
    check("a body whose last chunk is missing", &[cut.into()], (3, told), (1, told)).await?;
    check("no HTTP", &["SSH-2.0-OpenSSH_9.6\r\n".into(), ok()], (2, NUMBERS), (1, failed)).await
}

#[tokio::test]
async fn servers_that_are_slow() -> Outcome {
    let timed_out = "{op}: timed out: the limit is 150ms";
    check("no response in time", &[format!("slow:{}", ok()), ok()], (2, NUMBERS), (1, timed_out)).await?;
    let endless = "hang:HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"n\":\r\n";
    check("a body that never ends", &[endless.into(), ok()], (2, NUMBERS), (1, timed_out)).await?;
    let silent = "hang:HTTP/1.1 200 OK\r\n";
    check("headers that never end", &[silent.into(), ok()], (2, NUMBERS), (1, timed_out)).await
}

#[tokio::test]
async fn servers_that_are_busy() -> Outcome {
    let busy = |headers: &[&str]| reply("429 Too Many Requests", headers, "Retry later\n");
    let told = "{op}: 429 Too Many Requests: Retry later";
    check("busy without a Retry-After", &[busy(&[]), ok()], (2, NUMBERS), (2, NUMBERS)).await?;
    check("busy with Retry-After: 0", &[busy(&["Retry-After: 0"]), ok()], (2, NUMBERS), (2, NUMBERS)).await?;
    check("busy forever", &[busy(&[])], (3, told), (3, told)).await?;
    check("busy for an hour", &[busy(&["Retry-After: 3600"]), ok()], (1, told), (1, told)).await?;

    let down = || reply("503 Service Unavailable", &[], "");
    check("down once", &[down(), ok()], (2, NUMBERS), (1, "{op}: 503 Service Unavailable")).await?;
    let page = reply("502 Bad Gateway", &["content-type: text/html"], "<html>Bad Gateway</html>");
    let told = "{op}: 502 Bad Gateway: <html>Bad Gateway</html>";
    check("a proxy's page", &[page], (3, told), (1, told)).await?;
    let broken = reply("500 Internal Server Error", &[], "oops");
    let told = "{op}: 500 Internal Server Error: oops";
    check("a server's own error", &[broken, ok()], (1, told), (1, told)).await
}

#[tokio::test]
async fn bodies_that_are_invalid_or_missing() -> Outcome {
    let json = |body: &str| reply("200 OK", &["content-type: application/json"], body);
    let told = "{op}: invalid 200 response at $: expected value at line 1 column 6 (near: {\"n\":})";
    check("invalid JSON", &[json("{\"n\":}"), ok()], (1, told), (1, told)).await?;
    let page = reply("200 OK", &["content-type: text/html"], "<html>Please log in</html>");
    let told = "{op}: invalid 200 response at $: the body is an HTML page (text/html), not JSON: ";
    check("a login page", &[page], (1, told), (1, told)).await?;
    let told = "{op}: invalid 204 response at $: the body is empty, expected JSON";
    check("204 without a body", &[reply("204 No Content", &[], "")], (1, told), (1, told)).await?;
    // HTTP has no body for a 204: one that is sent is not read.
    check("204 with a body", &[reply("204 No Content", &[], NUMBERS)], (1, told), (1, told)).await?;
    let deep = json(&"[".repeat(100_000));
    let told = "{op}: invalid 200 response at $";
    check("JSON deeper than a stack", &[deep], (1, told), (1, told)).await
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() -> Outcome {
    let elsewhere = Server::answering([ok()]).await?;
    let moved = reply("302 Found", &[&format!("location: {}/things", elsewhere.url())], "");
    let told = "{op}: a redirect was not followed: it leads to http://127.0.0.1:";
    check("a redirect to another host", &[moved], (1, told), (1, told)).await?;
    assert_eq!(elsewhere.connections(), 0);
    Ok(())
}

#[tokio::test]
async fn redirects() -> Outcome {
    let moved = |status: &str| reply(status, &["location: /login"], "");
    let page = || reply("200 OK", &["content-type: text/html"], "<html>Please log in</html>");
    let told_of_page = "{op}: invalid 200 response at $: the body is an HTML page (text/html), not JSON: ";
    let unfollowed = "{op}: a redirect was not followed: status 302 is followed only for GET and HEAD, not for POST";
    check("to a login page", &[moved("302 Found"), page()], (2, told_of_page), (1, unfollowed)).await?;
    let busy = reply("429 Too Many Requests", &[], "");
    let told = "{op}: 429 Too Many Requests";
    let kept = "307 Temporary Redirect";
    check("then busy", &[moved(kept), busy, ok()], (3, NUMBERS), (2, told)).await?;
    let down = reply("503 Service Unavailable", &[], "");
    let told = "{op}: 503 Service Unavailable";
    check("then down", &[moved(kept), down, ok()], (3, NUMBERS), (2, told)).await?;
    let told = "{op}: the request failed: ";
    check("then broken", &[moved(kept), "reset".into(), ok()], (3, NUMBERS), (2, told)).await?;
    check("to itself forever", &[moved(kept)], (11, "{op}: a redirect was not followed: more than 10"), (11, "")).await
}
