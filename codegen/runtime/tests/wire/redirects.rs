//! Where a redirect may lead, and what goes with it.

use crm_clients_runtime::generated::Call;
use crm_clients_runtime::{Core, Error};

use crate::server::{Server, reply};
use crate::{GET, KEY, Outcome, QUERY_KEY, get};

#[tokio::test]
async fn a_redirect_to_another_host_takes_no_secret_there() -> Outcome {
    let other = Server::answering([reply("200 OK", &[], "{}")]).await?;
    for host in ["127.0.0.1", "localhost"] {
        let location = format!("Location: http://{host}:{}/things?token=x", other.port());
        let server = Server::answering([reply("307 Temporary Redirect", &[&location], "")]).await?;
        let builder = Core::builder("tests", "https://api.example").base_url(server.url());
        let core = builder.credential(&KEY, "hunter2").credential(&QUERY_KEY, "hunter2").build()?;
        match Call::new(&core, &GET, &[&1i64]).await {
            Err(error @ Error::Transport(_)) => {
                let expected = format!(
                    "things.get: a redirect was not followed: it leads to http://{host}:{}, which must not learn the credentials",
                    other.port()
                );
                assert_eq!(error.to_string(), expected);
                assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            }
            outcome => return Err(format!("{outcome:?}").into()),
        }
    }
    assert_eq!(other.requests(), []);
    Ok(())
}

#[tokio::test]
async fn a_redirect_within_the_host_is_followed() -> Outcome {
    let moved = reply("308 Permanent Redirect", &["Location: /moved?x=1"], "");
    let server = Server::answering([moved, reply("200 OK", &[], r#"{"n":1}"#)]).await?;
    let core = Core::builder("tests", "https://api.example").base_url(server.url());
    let core = core.credential(&KEY, "k").credential(&QUERY_KEY, "q").build()?;
    let numbers = Call::new(&core, &GET, &[&1i64]).await?;
    assert_eq!(numbers.get("n"), Some(&1));
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| (request.first_line(), request.header("referer"))).collect();
    let expected = [("GET /things/1?fixed=1&api%20key=q HTTP/1.1", None), ("GET /moved?x=1 HTTP/1.1", None)];
    assert_eq!(lines, expected);
    Ok(())
}

#[tokio::test]
async fn a_loop_ends_and_a_redirect_without_a_place_is_an_answer() -> Outcome {
    let server = Server::answering([reply("302 Found", &["Location: /things/7"], "")]).await?;
    let error = get(&server)?.await.err().ok_or("it ended well")?;
    assert_eq!(error.to_string(), "things.get: a redirect was not followed: more than 10 redirects");
    assert_eq!(server.requests().len(), 11);

    let server = Server::answering([reply("304 Not Modified", &[], "")]).await?;
    assert_eq!(get(&server)?.await.err().and_then(|error| error.status()), Some(304));
    Ok(())
}
