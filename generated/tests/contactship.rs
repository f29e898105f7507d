//! Contactship's calls over real sockets, compared with the requests and responses on its documentation page.
#![cfg(feature = "contactship")]

mod support;

use crm_clients::contactship::types::{AdditionalField, ContactCreate};
use crm_clients::contactship::{Client, Error, ErrorBody};
use support::{Answer, Outcome, Server, curl, misread, refusal};

const CREATED: &str = r#"{
  "id": "c1a2b3c4-d5e6-f7g8-h9i0-j1k2l3m4n5o6",
  "created_at": "2023-01-01T12:00:00Z",
  "phone_number": "+12124567890",
  "full_name": "Juan Pérez",
  "country": "México",
  "email": "juan@ejemplo.com",
  "description": "Lead from LinkedIn campaign",
  "additional_data": [
    { "type": "location", "field": "dirección", "value": "Av. Insurgentes 123" },
    { "type": "text", "field": "notas", "value": "Cliente potencial para servicio premium" }
  ],
  "organization_id": "org123456"
}"#;

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().api_key("your-api-key").base_url(server.url()).build()
}

async fn answering(answer: Answer) -> Outcome<Server> {
    Server::answering("POST", "/v1/contacts", answer).await
}

#[tokio::test]
async fn a_contact_is_created_from_its_required_fields() -> Outcome {
    let server = answering(Answer::json(201, CREATED)).await?;

    client(&server)?.contacts().create(ContactCreate::new("+12124567890", "Juan Pérez")).await?;

    let request = server.request()?;
    assert_eq!(
        request.shown()?,
        "POST /v1/contacts\n\
         accept: application/json\n\
         content-type: application/json\n\
         x-api-key: your-api-key\n\
         \n\
         {\"phone_number\":\"+12124567890\",\"full_name\":\"Juan Pérez\"}"
    );
    curl::assert_sends(
        r#"
        curl -X POST "https://api.contactship.ai/v1/contacts" \
          -H "x-api-key: your-api-key" \
          -H "Content-Type: application/json" \
          -d '{
            "phone_number": "+12124567890",
            "full_name": "Juan Pérez"
          }'"#,
        &request,
    )
}

#[tokio::test]
async fn a_contact_is_created_from_all_of_its_fields() -> Outcome {
    let server = answering(Answer::json(201, CREATED)).await?;

    let contact = ContactCreate::new("+12124567890", "Juan Pérez")
        .country("México")
        .email("juan@ejemplo.com")
        .description("Lead from LinkedIn campaign")
        .additional_data([
            AdditionalField::new("location", "dirección", "Av. Insurgentes 123"),
            AdditionalField::new("text", "notas", "Cliente potencial para servicio premium"),
        ]);
    let created = client(&server)?.contacts().create(contact).await?;

    curl::assert_sends(
        r#"
        curl -X POST "https://api.contactship.ai/v1/contacts" \
          -H "x-api-key: your-api-key" \
          -H "Content-Type: application/json" \
          -d '{
            "phone_number": "+12124567890",
            "full_name": "Juan Pérez",
            "country": "México",
            "email": "juan@ejemplo.com",
            "description": "Lead from LinkedIn campaign",
            "additional_data": [
              {
                "type": "location",
                "field": "dirección",
                "value": "Av. Insurgentes 123"
              },
              {
                "type": "text",
                "field": "notas",
                "value": "Cliente potencial para servicio premium"
              }
            ]
          }'"#,
        &server.request()?,
    )?;
    assert_eq!(created.id, "c1a2b3c4-d5e6-f7g8-h9i0-j1k2l3m4n5o6");
    assert_eq!(created.created_at.to_string(), "2023-01-01T12:00:00Z");
    assert_eq!(created.full_name, "Juan Pérez");
    assert_eq!(created.country.as_deref(), Some("México"));
    let fields = created.additional_data.unwrap_or_default();
    let fields: Vec<_> = fields.iter().map(|field| (field.r#type.as_str(), field.field.as_str())).collect();
    assert_eq!(fields, [("location", "dirección"), ("text", "notas")]);
    assert_eq!(created.organization_id.as_deref(), Some("org123456"));
    Ok(())
}

#[tokio::test]
async fn an_error_has_its_message() -> Outcome {
    for status in [400, 401, 409, 500] {
        let server = answering(Answer::json(status, r#"{"message":"No.","code":7}"#)).await?;

        let created = client(&server)?.contacts().create(ContactCreate::new("+12124567890", "Juan Pérez")).await;

        let refusal = refusal(created)?;
        assert_eq!(refusal.status(), status);
        assert_eq!(refusal.body().message(), Some("No."));
        assert_eq!(refusal.operation(), "contacts.create");
        assert_eq!(server.request()?.method, "POST");
    }
    Ok(())
}

#[tokio::test]
async fn an_undocumented_status_keeps_the_raw_response() -> Outcome {
    let page = "<html><body>Back soon</body></html>";
    let server = answering(Answer::new(503, "text/html", page).header("retry-after", "120")).await?;

    let created = client(&server)?.contacts().create(ContactCreate::new("+12124567890", "Juan Pérez")).await;

    let refusal = refusal(created)?;
    assert_eq!(refusal.status(), 503);
    assert_eq!(refusal.body(), &ErrorBody::Unknown);
    assert_eq!(refusal.raw_body(), page);
    assert_eq!(refusal.headers().get("retry-after").map(|value| value.as_bytes()), Some(&b"120"[..]));
    Ok(())
}

#[tokio::test]
async fn a_success_without_an_id_is_a_decode_error() -> Outcome {
    let body = r#"{"contact":{"id":"1"},"created_at":"2023-01-01T12:00:00Z"}"#;
    let server = answering(Answer::json(201, body)).await?;

    let created = client(&server)?.contacts().create(ContactCreate::new("+12124567890", "Juan Pérez")).await;

    let fault = misread(created)?;
    assert_eq!((fault.status().as_u16(), fault.path()), (201, "$"));
    assert!(fault.message().contains("missing field `id`"), "{fault}");
    assert_eq!(fault.raw_body(), body);
    Ok(())
}
