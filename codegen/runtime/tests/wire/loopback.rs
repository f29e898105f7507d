//! Calls to this machine, which use neither a proxy nor DNS.

use std::process::Command;

use crm_clients_runtime::Retry;
use crm_clients_runtime::generated::Call;
use crm_clients_runtime::generated::Core;

use crate::server::{Server, reply};
use crate::{GET, Outcome};

#[tokio::test]
async fn a_call_outside_of_tokio_is_an_error() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).build()?;
    let polled = std::thread::spawn(move || {
        let mut call = Call::new(&core, &GET, &[&7i64]).send();
        call.as_mut()
            .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
            .map_err(|error| error.to_string())
    });
    let std::task::Poll::Ready(Err(error)) = polled.join().map_err(|_| "it panicked")? else {
        return Err("there is no error".into());
    };
    assert!(error.starts_with("things.get: calls require a tokio runtime"), "{error}");
    assert!(server.requests().is_empty());
    Ok(())
}

/// Set in the process that makes the calls, because a process reads its proxy settings only once.
const CHILD: &str = "CRM_CLIENTS_LOOPBACK_CHILD";

#[tokio::test]
async fn a_call_to_this_machine_uses_no_proxy() -> Outcome {
    let proxy = Server::answering([reply("502 Bad Gateway", &[], "proxy")]).await?;
    let mut child = Command::new(std::env::current_exe()?);
    child.args(["--exact", "loopback::calls_with_a_proxy_in_the_environment", "--nocapture"]).env(CHILD, "1");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy.url());
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || child.output()).await??;
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    // The call to another host shows that the proxy would have been used.
    let lines: Vec<_> = proxy.requests().iter().map(|request| request.first_line().to_owned()).collect();
    assert_eq!(lines, ["GET http://api.invalid/things/7?fixed=1 HTTP/1.1"]);
    Ok(())
}

#[tokio::test]
async fn calls_with_a_proxy_in_the_environment() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], "{}")]).await?;
    let mut hosts = vec!["127.0.0.1", "localhost", "api.localhost", "localhost."];
    if std::env::var_os(CHILD).is_some() {
        hosts.push("api.invalid");
    }
    for host in hosts {
        let port = if host == "api.invalid" { 80 } else { server.port() };
        let builder = Core::builder("tests", "https://api.example").base_url(format!("http://{host}:{port}"));
        let outcome = Call::new(&builder.allow_http(true).retry(Retry::never()).build()?, &GET, &[&7i64]).await;
        assert_eq!(outcome.is_ok(), host != "api.invalid", "{host}: {outcome:?}");
    }
    assert_eq!(server.requests().len(), 4);
    Ok(())
}
