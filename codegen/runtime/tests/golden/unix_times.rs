//! Times in seconds since 1970, received and sent.

use crm_clients_runtime::{Retry, Timestamp};
use serde_json::json;

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::unix_times::{Client, headers, types};

fn client(server: &Server) -> Outcome<Client> {
    Ok(Client::builder().base_url(server.url()).retry(Retry::never()).build()?)
}

fn at(seconds: i64) -> Outcome<Timestamp> {
    Ok(Timestamp::from_second(seconds)?)
}

#[tokio::test]
async fn every_form_is_read_as_the_same_type() -> Outcome {
    let odd = json!([{
        "created": 1_700_000_000, "changed": 1_700_000_000.25, "expires": "1700000001", "seen": 1_700_000_002.0,
        "days": [1_700_000_003, "1700000004"], "started": "2023-11-14T22:13:25Z", "ended": null,
        "digits": "1700000006", "either": "1700000007", "by_name": {"a": 1_700_000_008},
        "skipped": [null, 1_700_000_009], "choice": 1_700_000_010
    }, {
        "created": 0, "changed": null, "expires": 1_700_000_001, "seen": 1, "days": [], "ended": "soon", "choice": true
    }]);
    let head = ["content-type: application/json", "x-reset: 1700000011"];
    let server = Server::answering([reply("200 OK", &head, &odd.to_string())]).await?;
    let call = client(&server)?.events().get(at(1_700_000_000)?).until(at(1_700_000_001)?);
    let response = call.at([at(5)?, at(6)?]).x_seen(at(7)?).send_with_response().await?;
    let sent = server.request()?;
    assert!(
        sent.first_line().starts_with("GET /events/1700000000?until=1700000001&at=5&at=6 "),
        "{}",
        sent.first_line()
    );
    assert_eq!(sent.header("x-seen"), Some("7"));
    assert_eq!(response.header(headers::X_RESET)?.map(Timestamp::from), Some(at(1_700_000_011)?));
    assert_eq!(response.warnings().iter().map(|warning| warning.path()).collect::<Vec<_>>(), ["$[1].ended"]);

    let [event, other] = response.body().as_slice() else { return Err("not two events".into()) };
    let fraction = Timestamp::from_millisecond(1_700_000_000_250)?;
    assert_eq!((event.created, event.changed), (at(1_700_000_000)?, Some(fraction)));
    assert_eq!((event.expires, event.seen), (at(1_700_000_001)?, at(1_700_000_002)?));
    assert_eq!(event.days, [at(1_700_000_003)?, at(1_700_000_004)?]);
    assert_eq!((event.started, event.ended), (Some(at(1_700_000_005)?), None));
    assert_eq!((event.digits, event.either), (Some(at(1_700_000_006)?), Some(at(1_700_000_007)?)));
    assert_eq!(event.by_name.as_ref().and_then(|times| times.get("a")), Some(&at(1_700_000_008)?));
    assert_eq!(event.skipped, [None, Some(at(1_700_000_009)?)]);
    assert_eq!(event.choice, Some(types::EventChoice::Integer(at(1_700_000_010)?.into())));
    assert_eq!(
        (other.created, other.ended, other.choice.clone()),
        (at(0)?, None, Some(types::EventChoice::Boolean(true)))
    );
    assert_eq!(other.additional_properties.get("ended"), Some(&json!("soon")));
    assert_eq!(serde_json::to_value(other)?["ended"], "soon");
    Ok(())
}

#[tokio::test]
async fn times_are_sent_in_the_declared_form() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], "1700000000")]).await?;
    let fraction = Timestamp::from_millisecond(1_700_000_000_250)?;
    let event =
        types::EventInput::new(fraction, fraction, fraction, fraction, [fraction]).either(fraction).clear_ended();
    let event = event.choice(types::EventChoice::Integer(fraction.into())).by_name([("a", fraction)]);
    assert_eq!(Timestamp::from(client(&server)?.events().create(event).await?), at(1_700_000_000)?);
    let sent: serde_json::Value = serde_json::from_str(&server.request()?.body)?;
    let expected = json!({
        "created": 1_700_000_000, "changed": 1_700_000_000.25, "expires": "1700000000", "seen": 1_700_000_000,
        "days": [1_700_000_000], "ended": null, "either": 1_700_000_000, "by_name": {"a": 1_700_000_000},
        "choice": 1_700_000_000
    });
    assert_eq!(sent, expected);

    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    client(&server)?.uploads().create(types::UploadsCreateRequest::new(fraction).shown(fraction)).await?;
    let body = server.request()?.body;
    assert_eq!(body.matches("\r\n\r\n1700000000\r\n").count(), 2, "{body}");
    Ok(())
}
