//! Kajabi's contact calls over real sockets.
//!
//! Its document shows requests as method, URL and JSON body. Here they are written as the curl commands that send them.
#![cfg(feature = "kajabi")]

mod support;

use crm_clients::kajabi::types::{
    ContactCreateData, ContactInclude, ContactUpdateData, ContactsAttributesInput, IncludedResource, NetRevenue,
    OfferGrantOptions, OfferGrants, TokenRequest,
};
use crm_clients::kajabi::{Client, Error, ErrorBody};
use crm_clients::runtime::Retry;
use support::{Answer, Outcome, Server, curl, misread, refusal};

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().bearer_token("ACCESS_TOKEN").base_url(server.url()).build()
}

/// Returns a new contact, as in the document's example.
fn john_doe() -> ContactCreateData {
    ContactCreateData::new(ContactsAttributesInput::new().name("John Doe").email("john.doe@example.com"), "123")
}

/// A contact as the server returns it.
const JOHN_DOE: &str = r#"{
  "data": {
    "id": "456",
    "type": "contacts",
    "attributes": {
      "name": "John Doe",
      "email": "john.doe@example.com",
      "address_line_1": null,
      "phone_number": "12134567890",
      "subscribed": false,
      "external_user_id": null,
      "created_at": "2024-01-15T10:30:00Z",
      "updated_at": "2024-01-15T10:30:00Z"
    },
    "relationships": { "site": { "data": { "type": "sites","id": "123" } } }
  }
}"#;

#[tokio::test]
async fn a_contact_is_created_on_a_site() -> Outcome {
    let server = Server::answering("POST", "/v1/contacts", Answer::json_api(201, JOHN_DOE)).await?;

    let created = client(&server)?.contacts().create(john_doe()).await?;

    let request = server.request()?;
    curl::assert_sends_in_any_order(
        r#"
        curl -X POST "https://api.kajabi.com/v1/contacts" \
          -H "Authorization: Bearer ACCESS_TOKEN" \
          -H "Content-Type: application/vnd.api+json" \
          -d '{
            "data": {
              "type": "contacts",
              "attributes": {
                "name": "John Doe",
                "email": "john.doe@example.com"
              },
              "relationships": {
                "site": {
                  "data": {
                    "type": "sites",
                    "id": "123"
                  }
                }
              }
            }
          }'"#,
        &request,
    )?;
    assert_eq!(
        request.shown()?,
        "POST /v1/contacts\n\
         accept: application/vnd.api+json\n\
         authorization: Bearer ACCESS_TOKEN\n\
         content-type: application/vnd.api+json\n\
         \n\
         {\"data\":{\"type\":\"contacts\",\
         \"attributes\":{\"name\":\"John Doe\",\"email\":\"john.doe@example.com\"},\
         \"relationships\":{\"site\":{\"data\":{\"type\":\"sites\",\"id\":\"123\"}}}}}"
    );
    assert_eq!(created.data.id, "456");
    assert_eq!(created.data.attributes.name.as_deref(), Some("John Doe"));
    assert_eq!(created.data.attributes.subscribed, Some(false));
    assert_eq!(created.data.attributes.address_line_1, None);
    assert_eq!(
        created.data.attributes.created_at.map(|time| time.to_string()).as_deref(),
        Some("2024-01-15T10:30:00Z")
    );
    let site = created.data.relationships.site.and_then(|site| site.data);
    assert_eq!(site.map(|site| site.id).as_deref(), Some("123"));
    Ok(())
}

#[tokio::test]
async fn a_contact_is_read_with_its_related_resources() -> Outcome {
    let body = r#"{
      "data": {
        "id": "123",
        "type": "contacts",
        "attributes": { "name": "John Smith", "email": "john@example.com" },
        "links": { "customer": "https://api.kajabi.com/v1/customers/321" },
        "relationships": {
          "offers": { "links": { "data": [{ "type": "offers","id": "456" }], "self": "https://api.kajabi.com/o" } },
          "tags": { "data": [{ "type": "contact_tags","id": "789" }], "links": { "self": "https://api.kajabi.com/t" } },
          "customer": { "data": { "type": "customers","id": "321" } }
        }
      },
      "included": [
        { "type": "offers","id": "456", "attributes": { "internal_title": "Offer 1", "price_in_cents": 0 } },
        { "type": "contact_tags","id": "789", "attributes": { "name": "Tag Name" } },
        { "type": "customers","id": "321", "attributes": { "net_revenue": "0.0", "last_request_at": null } }
      ]
    }"#;
    let server = Server::answering("GET", "/v1/contacts/123", Answer::json_api(200, body)).await?;

    let contact = client(&server)?
        .contacts()
        .get("123")
        .include([ContactInclude::Offers, ContactInclude::Tags, ContactInclude::Customer])
        .await?;

    let request = server.request()?;
    curl::assert_sends(
        r#"
        curl -g "https://api.kajabi.com/v1/contacts/123?include=offers,tags,customer" \
          -H "Authorization: Bearer ACCESS_TOKEN""#,
        &request,
    )?;
    assert_eq!(
        request.shown()?,
        "GET /v1/contacts/123?include=offers,tags,customer\n\
         accept: application/vnd.api+json\n\
         authorization: Bearer ACCESS_TOKEN\n"
    );
    assert_eq!(contact.data.links.customer.as_deref(), Some("https://api.kajabi.com/v1/customers/321"));
    let tags = contact.data.relationships.tags.and_then(|tags| tags.data);
    assert_eq!(tags.unwrap_or_default().first().map(|tag| tag.id.as_str()), Some("789"));
    let [IncludedResource::Offer(offer), IncludedResource::ContactTag(tag), IncludedResource::Customer(customer)] =
        contact.included.as_slice()
    else {
        return Err(format!("an offer, a tag and a customer became {:?}", contact.included).into());
    };
    assert_eq!((offer.id.as_str(), offer.attributes.price_in_cents), ("456", Some(0)));
    assert_eq!(tag.attributes.name.as_deref(), Some("Tag Name"));
    assert_eq!(customer.attributes.net_revenue.as_ref().and_then(NetRevenue::as_str), Some("0.0"));
    Ok(())
}

#[tokio::test]
async fn a_contact_is_read_in_part() -> Outcome {
    let body =
        r#"{ "data": { "type": "contacts","id": "123", "attributes": { "name": "John", "email": "j@example.com" } } }"#;
    let server = Server::answering("GET", "/v1/contacts/123", Answer::json_api(200, body)).await?;

    let contact = client(&server)?
        .contacts()
        .get("123")
        .include([ContactInclude::Tags, "notes".into()])
        .fields_contacts(["name", "email"])
        .await?;

    curl::assert_sends(
        r#"
        curl -g "https://api.kajabi.com/v1/contacts/123?include=tags,notes&fields%5Bcontacts%5D=name,email" \
          -H "Authorization: Bearer ACCESS_TOKEN""#,
        &server.request()?,
    )?;
    assert_eq!(contact.data.attributes.email.as_deref(), Some("j@example.com"));
    assert_eq!(contact.data.attributes.created_at, None);
    Ok(())
}

#[tokio::test]
async fn an_update_distinguishes_absent_null_and_set_fields() -> Outcome {
    let server = Server::answering("PATCH", "/v1/contacts/456", Answer::json_api(200, JOHN_DOE)).await?;

    let changes = ContactsAttributesInput::new().phone_number("12134567890").clear_business_number();
    let updated = client(&server)?.contacts().update("456", ContactUpdateData::new("456", changes)).await?;

    let request = server.request()?;
    curl::assert_sends_in_any_order(
        r#"
        curl -X PATCH "https://api.kajabi.com/v1/contacts/456" \
          -H "Authorization: Bearer ACCESS_TOKEN" \
          -H "Content-Type: application/vnd.api+json" \
          -d '{
            "data": {
              "type": "contacts",
              "id": "456",
              "attributes": {
                "phone_number": "12134567890",
                "business_number": null
              }
            }
          }'"#,
        &request,
    )?;
    assert_eq!(
        request.text()?,
        r#"{"data":{"type":"contacts","id":"456","attributes":{"phone_number":"12134567890","business_number":null}}}"#
    );
    assert_eq!(updated.data.attributes.phone_number.as_deref(), Some("12134567890"));
    Ok(())
}

#[tokio::test]
async fn a_contact_is_deleted() -> Outcome {
    let server = Server::answering("DELETE", "/v1/contacts/456", Answer::json_api(200, r#"{"data":{}}"#)).await?;

    client(&server)?.contacts().delete("456").await?;

    assert_eq!(
        server.request()?.shown()?,
        "DELETE /v1/contacts/456\n\
         accept: application/vnd.api+json\n\
         authorization: Bearer ACCESS_TOKEN\n"
    );
    Ok(())
}

#[tokio::test]
async fn a_page_of_a_sites_contacts_is_read() -> Outcome {
    let body = r#"{
      "data": [{
        "id": "456",
        "type": "contacts",
        "attributes": { "name": "John Smith", "email": "smith.john@example.com" },
        "relationships": { "site": { "data": { "type": "sites","id": "123" } } }
      }],
      "links": {
        "self": "https://api.kajabi.com/v1/contacts?filter[site_id]=123&page[number]=2&page[size]=10",
        "first": "https://api.kajabi.com/v1/contacts?filter[site_id]=123&page[number]=1&page[size]=10",
        "prev": "https://api.kajabi.com/v1/contacts?filter[site_id]=123&page[number]=1&page[size]=10",
        "next": null,
        "last": "https://api.kajabi.com/v1/contacts?filter[site_id]=123&page[number]=2&page[size]=10"
      },
      "meta": { "total_pages": 2, "total_count": 11, "current_page": 2 }
    }"#;
    let server = Server::answering("GET", "/v1/contacts", Answer::json_api(200, body)).await?;

    let page = client(&server)?
        .contacts()
        .list()
        .filter_site_id("123")
        .filter_search("smith & sons, \u{e9}t\u{e9}")
        .filter_has_tag_id("456")
        .sort("-email")
        .page_number(2)
        .page_size(10)
        .fields_contacts(["name", "email"])
        .await?;

    curl::assert_sends(
        r#"
        curl -g "https://api.kajabi.com/v1/contacts?filter%5Bsite_id%5D=123&filter%5Bsearch%5D=smith%20%26%20sons,%20%C3%A9t%C3%A9&filter%5Bhas_tag_id%5D=456&sort=-email&page%5Bnumber%5D=2&page%5Bsize%5D=10&fields%5Bcontacts%5D=name,email" \
          -H "Authorization: Bearer ACCESS_TOKEN""#,
        &server.request()?,
    )?;
    assert_eq!(page.data.iter().map(|contact| contact.id.as_str()).collect::<Vec<_>>(), ["456"]);
    assert_eq!(page.links.next, None);
    assert_eq!((page.meta.total_pages, page.meta.total_count), (Some(2), Some(11)));
    Ok(())
}

#[tokio::test]
async fn offers_are_granted_with_or_without_a_welcome_email() -> Outcome {
    let path = "/v1/contacts/456/relationships/offers";
    let granted = r#"{ "data": [{ "type": "offers", "id": "123" }] }"#;
    let server = Server::answering("POST", path, Answer::json_api(200, granted)).await?.and(
        "POST",
        path,
        Answer::json_api(200, granted),
    );
    let contacts = client(&server)?.contacts();

    let quietly = OfferGrantOptions::new().send_customer_welcome_email(false);
    let offers = contacts.grant_offers("456", OfferGrants::new(["123"]).meta(quietly)).await?.ok_or("no body")?;
    contacts.grant_offers("456", ["123", "789"]).await?;

    let requests = server.requests()?;
    curl::assert_sends_in_any_order(
        r#"
        curl -X POST "https://api.kajabi.com/v1/contacts/456/relationships/offers" \
          -H "Authorization: Bearer ACCESS_TOKEN" \
          -H "Content-Type: application/vnd.api+json" \
          -d '{ "data": [{"type": "offers", "id": "123"}], "meta": {"send_customer_welcome_email": false}}'"#,
        &requests[0],
    )?;
    assert_eq!(requests[1].text()?, r#"{"data":[{"type":"offers","id":"123"},{"type":"offers","id":"789"}]}"#);
    assert_eq!(offers.data.first().map(|offer| offer.id.as_str()), Some("123"));
    Ok(())
}

#[tokio::test]
async fn a_token_is_requested_with_a_form() -> Outcome {
    let body = r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":7200}"#;
    let server = Server::answering("POST", "/v1/oauth/token", Answer::json(200, body)).await?;
    let credentials =
        TokenRequest::new().grant_type("client_credentials").client_id("id & co").client_secret("s3cret+");

    let token = client(&server)?.authentication().token(credentials).await?;

    assert_eq!(
        server.request()?.shown()?,
        "POST /v1/oauth/token\n\
         accept: application/json\n\
         content-type: application/x-www-form-urlencoded\n\
         \n\
         client_id=id+%26+co&client_secret=s3cret%2B&grant_type=client_credentials"
    );
    assert_eq!(token.expires_in, 7200);
    Ok(())
}

#[tokio::test]
async fn an_error_lists_its_problems() -> Outcome {
    let body = r#"{"errors":[
      {"status":"422","source":{"pointer":"/data/attributes/email"},"title":"Unprocessable","detail":"Email is invalid"},
      {"status":"422","source":null,"title":"Unprocessable","detail":"Site is closed"}
    ]}"#;
    for status in [400, 401, 403, 422] {
        let server = Server::answering("POST", "/v1/contacts", Answer::json_api(status, body)).await?;

        match client(&server)?.contacts().create(john_doe()).await {
            Err(Error::Api(e)) if e.status() == status => {
                let problems = e.body().errors().iter().map(|problem| {
                    let pointer = problem.source.as_ref().and_then(|source| source.pointer.as_deref());
                    (problem.detail.as_deref().unwrap_or_default(), pointer)
                });
                let expected = [("Email is invalid", Some("/data/attributes/email")), ("Site is closed", None)];
                assert_eq!(problems.collect::<Vec<_>>(), expected);
            }
            other => return Err(format!("{status} became {other:?}").into()),
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_error_of_another_shape_keeps_the_raw_response() -> Outcome {
    let page = "<html><body>Down for maintenance</body></html>";
    let answers = [
        Answer::new(503, "text/html", page).header("retry-after", "60"),
        Answer::new(422, "text/html", page).header("retry-after", "60"),
        Answer::new(429, "", page).header("retry-after", "60"),
    ];
    for answer in answers {
        let server = Server::answering("GET", "/v1/contacts/1", answer).await?;

        let refusal = refusal(client(&server)?.contacts().get("1").retry(Retry::never()).await)?;

        assert_eq!(refusal.body(), &ErrorBody::Unknown);
        assert!(refusal.body().errors().is_empty());
        assert_eq!(refusal.raw_body(), page);
        assert_eq!(refusal.headers()["retry-after"], "60");
        assert_eq!(server.request()?.method, "GET");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_envelope_is_an_error_with_its_path() -> Outcome {
    let cases = [
        (r#"{"type":"contacts","id":"456","attributes":{}}"#, "$", "missing field `data`"),
        (r#"{"data":[]}"#, "$.data", "expected an object"),
        (r#"{"data":{"id":456,"type":"contacts","attributes":{}}}"#, "$.data.id", "expected a string"),
        (r#"{"data":{"type":"contacts","id":"456"}}"#, "$.data", "missing field `attributes`"),
        ("", "$", "the body is empty"),
    ];
    for (body, path, message) in cases {
        let server = Server::answering("GET", "/v1/contacts/456", Answer::json_api(200, body)).await?;

        let fault = misread(client(&server)?.contacts().get("456").await)?;

        assert_eq!(fault.path(), path, "in {body}");
        assert!(fault.message().contains(message), "{fault}");
        assert_eq!((fault.status().as_u16(), fault.operation()), (200, "contacts.get"));
        assert_eq!(fault.raw_body(), body);
    }
    Ok(())
}

#[tokio::test]
async fn a_list_can_omit_its_links_but_not_its_data() -> Outcome {
    let path = "/v1/contacts";
    let server = Server::answering("GET", path, Answer::json_api(200, r#"{"data":[]}"#)).await?.and(
        "GET",
        path,
        Answer::json_api(200, r#"{"links":{"next":null},"meta":{"total_pages":1}}"#),
    );
    let contacts = client(&server)?.contacts();

    let page = contacts.list().await?;
    let fault = misread(contacts.list().await)?;

    assert_eq!((page.data.len(), page.links.next, page.meta.total_pages), (0, None, None));
    assert_eq!((fault.path(), fault.message().contains("missing field `data`")), ("$", true));
    Ok(())
}

#[tokio::test]
async fn a_contact_keeps_its_custom_fields() -> Outcome {
    let body = r#"{"data":{"type":"contacts","id":"1","attributes":{"custom_1":"a","custom_17":"b"}}}"#;
    let server = Server::answering("PATCH", "/v1/contacts/1", Answer::json_api(200, body)).await?;

    let changes = ContactsAttributesInput::new().custom_2("c").with_additional_properties("custom_17", "b");
    let contact = client(&server)?.contacts().update("1", ContactUpdateData::new("1", changes)).await?.data;

    let sent = r#"{"data":{"type":"contacts","id":"1","attributes":{"custom_2":"c","custom_17":"b"}}}"#;
    assert_eq!(server.request()?.text()?, sent);
    assert_eq!(contact.attributes.custom_1.as_deref(), Some("a"));
    assert_eq!(contact.attributes.additional_properties["custom_17"], "b");
    Ok(())
}

#[tokio::test]
async fn filters_without_a_setter_are_given_by_name() -> Outcome {
    let server = Server::answering("GET", "/v1/orders", Answer::json_api(200, r#"{"data":[]}"#)).await?;

    let conditions = [("created_at_gteq", "2026-01-01"), ("currency_code_in", "EUR,USD")];
    client(&server)?.orders().list().filter_site_id("9").filter(conditions).await?;

    assert_eq!(
        server.request()?.target,
        "/v1/orders?filter%5Bsite_id%5D=9&filter%5Bcreated_at_gteq%5D=2026-01-01&filter%5Bcurrency_code_in%5D=EUR,USD"
    );
    Ok(())
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_path() -> Outcome {
    let body = r#"{"data":{"type":"contacts","id":"1","attributes":{}}}"#;
    let server =
        Server::answering("GET", "/v1/contacts/1%2F..%2Fme%3Fadmin%3D1%23", Answer::json_api(200, body)).await?;

    client(&server)?.contacts().get("1/../me?admin=1#").await?;

    assert_eq!(server.request()?.target, "/v1/contacts/1%2F..%2Fme%3Fadmin%3D1%23");
    Ok(())
}

#[tokio::test]
async fn secrets_in_bodies_are_printed_nowhere() -> Outcome {
    let asked = TokenRequest::new().client_id("id").client_secret("SECRET").password("SECRET");
    assert!(!format!("{asked:?}").contains("SECRET"), "{asked:?}");

    let reply = r#"{"access_token":"SECRET","refresh_token":"SECRET","token_type":"Bearer","expires_in":"SECRET"}"#;
    let server = Server::answering("POST", "/v1/oauth/token", Answer::json(200, reply)).await?;
    let kajabi = Client::builder().base_url(server.url()).build()?;
    let misread = kajabi.authentication().token(asked).await.err().ok_or("a string was decoded as a number")?;
    let printed = format!("{misread} {misread:?} {:?}", std::error::Error::source(&misread));
    assert!(!printed.contains("SECRET") && printed.contains("$.expires_in"), "{printed}");
    assert_eq!(misread.raw_body().map(|body| &body[..]), Some(reply.as_bytes()), "the raw body is available");
    Ok(())
}
