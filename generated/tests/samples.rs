//! Samples of the clients' types and events, for tests of callers.

#[macro_use]
#[path = "../../codegen/runtime/tests/golden/samples.rs"]
mod samples;
#[path = "samples/sampled.rs"]
#[rustfmt::skip]
mod sampled;

use std::collections::BTreeMap;
use std::path::Path;

use crm_clients::runtime::mock::sample;
use crm_clients::{chatwoot, kajabi};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_sample_of_each_type_is_read_as_it_is_written() -> Outcome {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let types = |client: &str| (client.to_owned(), package.join("src").join(client).join("types"));
    let clients = BTreeMap::from(["chatwoot", "contactship", "kajabi"].map(types));
    let uses = "\nuse crm_clients as clients;\nuse crm_clients::runtime::mock::sample;";
    samples::check_list(&package.join("tests/samples/sampled.rs"), uses, &clients)?;
    assert_eq!(samples::failures(sampled::CHECKS), Vec::<String>::new());
    Ok(())
}

#[test]
fn an_event_with_a_sample_is_delivered_as_this_event() -> Outcome {
    use chatwoot::events::Event;

    let events = [
        Event::ContactCreated(sample()),
        Event::ContactUpdated(sample()),
        Event::ConversationCreated(sample()),
        Event::ConversationUpdated(sample()),
        Event::ConversationStatusChanged(sample()),
        Event::ConversationTypingOn(sample()),
        Event::ConversationTypingOff(sample()),
        Event::MessageCreated(sample()),
        Event::MessageUpdated(sample()),
        Event::InboxCreated(sample()),
        Event::InboxUpdated(sample()),
        Event::WebwidgetTriggered(sample()),
        sample(),
    ];
    let verifier = chatwoot::events::Verifier::new("secret");
    for event in events {
        let body = serde_json::to_string(&event)?;
        let read = verifier.read(&verifier.sign(&body)?, &body)?;
        assert_eq!(std::mem::discriminant(&read), std::mem::discriminant(&event), "{body}");
        assert_eq!(serde_json::to_string(&read)?, body);
        let directly: Event = serde_json::from_str(&body)?;
        assert_eq!(directly, read);
    }
    Ok(())
}

#[test]
fn an_event_without_a_signature_is_delivered_as_this_event() -> Outcome {
    use kajabi::events::Event;

    let events = [
        Event::Purchase(sample()),
        Event::PaymentSucceeded(sample()),
        Event::OrderCreated(sample()),
        Event::FormSubmission(sample()),
        Event::TagAdded(sample()),
        Event::TagRemoved(sample()),
        Event::DashboardPurchase(sample()),
        Event::DashboardPayment(sample()),
    ];
    for event in events {
        let body = serde_json::to_vec(&event)?;
        let read = Event::from_slice(&body)?;
        assert_eq!(std::mem::discriminant(&read), std::mem::discriminant(&event), "{body:?}");
        assert_eq!(serde_json::to_vec(&read)?, body);
    }
    Ok(())
}

#[tokio::test]
async fn a_sample_is_a_response_of_the_mock() -> Outcome {
    let mut contact: kajabi::types::Contact = sample();
    assert_eq!(contact.attributes.name, None);
    contact.attributes.name = Some("Alice Ngo".to_owned());
    let mut found: kajabi::types::ContactsShowResponse = sample();
    found.data = contact;
    let mock = kajabi::mock::Server::start().await?;
    mock.contacts().get().json(&found);
    let read = mock.builder().bearer_token("test").build()?.contacts().get("7").await?;
    assert_eq!(read, found);
    Ok(mock.verify()?)
}

#[test]
fn a_body_that_is_not_json_is_called_so() -> Outcome {
    let verifier = chatwoot::events::Verifier::new("secret");
    let body = "event=message_created&content=hunter2";
    let error = verifier.read(&verifier.sign(body)?, body).err().ok_or("it was read")?;
    assert_eq!(error.to_string(), "invalid webhook payload at $: the body is not JSON");
    Ok(())
}
