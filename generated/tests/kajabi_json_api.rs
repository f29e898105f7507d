//! The rules of JSON:API (https://jsonapi.org/format/) that Kajabi's client follows, over real sockets.
#![cfg(feature = "kajabi")]

mod support;

use crm_clients::kajabi::types::*;
use crm_clients::kajabi::{Client, Error};
use crm_clients::runtime::{Included, Retry, Value};
use serde_json::json;
use support::{Answer, Outcome, Server, refusal};

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().bearer_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()
}

/// Returns a client of a server that responds to one request with this document.
async fn serving(document: &Value) -> Outcome<(Server, Client)> {
    repeating(document, 1).await
}

/// Returns a client of a server that responds to this number of requests with this document.
async fn repeating(document: &Value, times: usize) -> Outcome<(Server, Client)> {
    let mut server = Server::start().await?;
    for _ in 0..times {
        server = server.and("*", "*", Answer::json_api(200, document.to_string()));
    }
    let client = client(&server)?;
    Ok((server, client))
}

fn resource(kind: &str, id: &str, attributes: Value, relationships: Value) -> Value {
    json!({ "type": kind, "id": id, "attributes": attributes, "relationships": relationships })
}

fn identifier(kind: &str, id: &str) -> Value {
    json!({ "type": kind, "id": id })
}

// ── Compound documents ─────────────────────────────────────────────────────────────────────────────────────────────

/// Returns two purchases of one offer. The customer of the second is not included.
fn purchases() -> Value {
    let purchase = |id: &str, customer: Value| {
        let relationships = json!({
            "offer": { "data": identifier("offers", "3") },
            "customer": { "data": customer },
            "products": { "data": [identifier("products", "8"), identifier("products", "9")] }
        });
        resource("purchases", id, json!({}), relationships)
    };
    json!({
        "data": [purchase("1", identifier("customers", "5")), purchase("2", identifier("customers", "6")), purchase("3", Value::Null)],
        "included": [
            resource("customers", "5", json!({ "email": "rosa@nolan.example" }), json!({})),
            resource("offers", "3", json!({ "title": "Course" }), json!({})),
            resource("products", "9", json!({ "title": "Second" }), json!({})),
            resource("products", "8", json!({ "title": "First" }), json!({})),
            { "type": "wishes", "id": "3", "made_up": true }
        ],
        "links": { "next": null }
    })
}

#[tokio::test]
async fn each_relationship_of_a_list_points_into_included() -> Outcome {
    let (server, client) = serving(&purchases()).await?;

    let page = client.purchases().list().include([PurchaseInclude::Offer, PurchaseInclude::Customer]).await?;

    assert_eq!(server.request()?.target, "/v1/purchases?include=offer,customer");
    let included = Included::new(&page.included);
    let mut rows = Vec::new();
    for purchase in &page.data {
        let Some(IncludedResource::Offer(offer)) = included.one(&purchase.relationships.offer) else {
            return Err("each purchase is of the offer".into());
        };
        let customer = match included.one(&purchase.relationships.customer) {
            Some(IncludedResource::Customer(customer)) => customer.attributes.email.as_deref(),
            _ => None,
        };
        rows.push((offer.attributes.title.as_deref(), customer));
    }
    assert_eq!(rows, [(Some("Course"), Some("rosa@nolan.example")), (Some("Course"), None), (Some("Course"), None)]);

    // A to-many relationship keeps its order, independent of that of the included resources.
    let products = included.all(&page.data[0].relationships.products);
    let titles = products.into_iter().map(|product| match product {
        IncludedResource::Product(product) => product.attributes.title.as_deref(),
        _ => None,
    });
    assert_eq!(titles.collect::<Vec<_>>(), [Some("First"), Some("Second")]);
    // A resource of an unknown type is also found.
    assert!(matches!(included.get("wishes", "3"), Some(IncludedResource::Unknown(_))));
    Ok(())
}

#[tokio::test]
async fn lists_of_customers_and_contacts_include_too() -> Outcome {
    let offers = json!({ "offers": { "data": [identifier("offers", "3")] } });
    let offer = resource("offers", "3", json!({ "title": "Course" }), json!({}));
    let (server, customers) =
        serving(&json!({ "data": [resource("customers", "5", json!({}), offers)], "included": [offer] })).await?;
    let page = customers.customers().list().include([CustomerInclude::Offers]).await?;
    assert_eq!(server.request()?.target, "/v1/customers?include=offers");
    assert_eq!(Included::new(&page.included).all(&page.data[0].relationships.offers).len(), 1);

    // Kajabi puts the ids of a contact's offers into `links`.
    let relationships = json!({
        "tags": { "data": [identifier("contact_tags", "4")] },
        "offers": { "links": { "self": "https://api.kajabi.com/o", "data": [identifier("offers", "3")] } }
    });
    let tag = resource("contact_tags", "4", json!({ "name": "Early bird" }), json!({}));
    let document = json!({ "data": [resource("contacts", "7", json!({}), relationships)], "included": [tag, offer] });
    let (server, contacts) = serving(&document).await?;
    let page = contacts.contacts().list().include([ContactInclude::Tags]).await?;
    assert_eq!(server.request()?.target, "/v1/contacts?include=tags");
    let included = Included::new(&page.included);
    let relationships = &page.data[0].relationships;
    assert!(matches!(included.one(&relationships.tags), Some(IncludedResource::ContactTag(tag)) if tag.id == "4"));
    assert!(matches!(included.one(&relationships.offers), Some(IncludedResource::Offer(offer)) if offer.id == "3"));
    Ok(())
}

#[tokio::test]
async fn relationships_may_be_null_empty_or_absent() -> Outcome {
    let cases = [
        json!({}),
        json!({ "customer": { "data": null }, "tags": { "data": [] } }),
        json!({ "customer": {}, "tags": { "links": { "related": "https://api.kajabi.com/t" } } }),
    ];
    for relationships in cases {
        let document = json!({ "data": resource("contacts", "7", json!({}), relationships), "included": [] });
        let (_server, client) = serving(&document).await?;
        let contact = client.contacts().get("7").include([ContactInclude::Customer, ContactInclude::Tags]).await?;
        let included = Included::new(&contact.included);
        assert!(included.one(&contact.data.relationships.customer).is_none(), "{document}");
        assert!(included.all(&contact.data.relationships.tags).is_empty(), "{document}");
    }
    Ok(())
}

#[tokio::test]
async fn a_document_without_included_has_none() -> Outcome {
    let (_server, client) = repeating(&json!({ "data": [] }), 3).await?;
    assert!(client.purchases().list().await?.included.is_empty());
    assert!(client.customers().list().await?.included.is_empty());
    assert!(client.contacts().list().await?.included.is_empty());
    Ok(())
}

// ── Sparse fieldsets ───────────────────────────────────────────────────────────────────────────────────────────────

/// Decodes a list of one resource without any attributes.
macro_rules! without_attributes {
    ($($kind:literal => $($list:ident).+,)*) => {$({
        let document = json!({ "data": [{ "type": $kind, "id": "1", "attributes": {} }] });
        let (_server, client) = serving(&document).await?;
        let page = client.$($list()).+.await.map_err(|error| format!("{}: {error}", $kind))?;
        assert_eq!(page.data[0].id, "1", "{}", $kind);
    })*};
}

#[tokio::test]
async fn any_attribute_can_be_absent() -> Outcome {
    without_attributes! {
        "blog_posts" => blog_posts.list,
        "contact_notes" => contact_notes.list,
        "contact_tags" => contact_tags.list,
        "contacts" => contacts.list,
        "courses" => courses.list,
        "custom_fields" => custom_fields.list,
        "customers" => customers.list,
        "form_submissions" => forms.list_submissions,
        "forms" => forms.list,
        "hooks" => webhooks.list,
        "landing_pages" => landing_pages.list,
        "offers" => offers.list,
        "order_items" => orders.list_items,
        "orders" => orders.list,
        "podcasts" => podcasts.list,
        "products" => products.list,
        "purchases" => purchases.list,
        "sites" => sites.list,
        "transactions" => transactions.list,
        "website_pages" => sites.list_website_pages,
    }
    Ok(())
}

#[tokio::test]
async fn fields_are_named_by_type_with_commas_between_them() -> Outcome {
    let (server, client) = repeating(&json!({ "data": [] }), 2).await?;
    client.contacts().list().fields_contacts(["name", "email"]).await?;
    client.customers().list().fields_customers(["name"]).include([CustomerInclude::Offers]).await?;
    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets,
        ["/v1/contacts?fields%5Bcontacts%5D=name,email", "/v1/customers?fields%5Bcustomers%5D=name&include=offers"]
    );
    Ok(())
}

// ── Sort ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_minus_sorts_descending_and_a_comma_adds_a_field() -> Outcome {
    let (server, client) = repeating(&json!({ "data": [] }), 2).await?;
    client.transactions().list().sort("-created_at").await?;
    client.contacts().list().sort("name,-created_at").await?;
    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/v1/transactions?sort=-created_at", "/v1/contacts?sort=name,-created_at"]);
    Ok(())
}

// ── Page links ─────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_page_link_that_is_null_or_missing_means_that_there_is_no_such_page() -> Outcome {
    let links = [json!({ "next": null }), json!({}), json!({ "first": "f", "last": "l", "prev": null, "self": "s" })];
    for links in links {
        let data = [resource("contacts", "7", json!({}), json!({}))];
        let (server, client) = serving(&json!({ "data": data, "links": links })).await?;
        let mut pages = client.contacts().list().pages();
        assert!(pages.try_next().await?.is_some_and(|page| page.links.next.is_none()), "{links}");
        assert!(pages.try_next().await?.is_none(), "{links}");
        server.request()?;
    }
    Ok(())
}

#[tokio::test]
async fn the_next_page_is_requested_with_all_parameters_of_the_first() -> Outcome {
    let page = |id: &str, next: Value| {
        let data = [resource("purchases", id, json!({}), json!({}))];
        Answer::json_api(200, json!({ "data": data, "links": { "next": next } }).to_string())
    };
    let path = "/v1/purchases";
    let server = Server::start()
        .await?
        .and("GET", path, page("1", json!("https://elsewhere.example/v1/purchases?page[number]=2")))
        .and("GET", path, page("2", Value::Null));
    let purchases = client(&server)?.purchases();
    let list = purchases.list().filter_site_id("9").sort("-created_at").include([PurchaseInclude::Offer]);
    let mut items = list.fields_purchases(["status"]).page_size(1).items();
    while items.try_next().await?.is_some() {}

    let requests = server.requests()?;
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].target, format!("{}&page%5Bnumber%5D=2", requests[0].target));
    for part in [
        "filter%5Bsite_id%5D=9",
        "sort=-created_at",
        "include=offer",
        "fields%5Bpurchases%5D=status",
        "page%5Bsize%5D=1",
    ] {
        assert!(requests[0].target.contains(part), "{part} is not in {}", requests[0].target);
    }
    Ok(())
}

// ── Errors ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn errors_point_at_what_is_wrong() -> Outcome {
    let body = json!({ "errors": [
        { "id": "e1", "status": "422", "code": "taken", "title": "Invalid", "detail": "has already been taken",
          "source": { "pointer": "/data/attributes/email" }, "meta": { "try": 1 } },
        { "status": "400", "source": { "parameter": "filter[x]" } },
        { "title": "No source", "source": null },
        {}
    ], "jsonapi": { "version": "1.0" } });
    let server = Server::answering_anything(Answer::json_api(422, body.to_string())).await?;
    let new = ContactCreateData::new(ContactsAttributesInput::new().email("rosa@nolan.example"), "9");
    let error = refusal(client(&server)?.contacts().create(new).await)?;

    let [taken, parameter, no_source, nothing] = error.body().errors() else {
        return Err(format!("four errors: {:?}", error.body()).into());
    };
    let source = taken.source.as_ref();
    assert_eq!(source.and_then(|source| source.pointer.as_deref()), Some("/data/attributes/email"));
    assert_eq!((taken.id.as_deref(), taken.code.as_deref()), (Some("e1"), Some("taken")));
    let source = parameter.source.as_ref();
    assert_eq!(source.and_then(|source| source.parameter.as_deref()), Some("filter[x]"));
    assert!(no_source.source.is_none() && nothing.detail.is_none());
    Ok(())
}

// ── Media type and other members ───────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn bodies_are_read_whatever_parameters_the_media_type_has() -> Outcome {
    let document = json!({ "jsonapi": { "version": "1.1" }, "meta": { "x": 1 }, "data": [] }).to_string();
    for media_type in ["application/vnd.api+json", "application/vnd.api+json; charset=utf-8", "application/json"] {
        let server = Server::answering("GET", "/v1/offers", Answer::new(200, media_type, document.as_str())).await?;
        assert!(client(&server)?.offers().list().await?.data.is_empty());
        assert_eq!(server.request()?.header("accept"), ["application/vnd.api+json"]);
    }
    Ok(())
}
