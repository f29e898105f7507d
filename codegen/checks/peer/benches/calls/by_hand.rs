//! The call as written by hand, without a generator.
#![allow(dead_code, reason = "the fields only need to be decoded")]

use jiff::Timestamp;
use serde::Deserialize;

pub struct Client {
    http: reqwest::Client,
    base_url: String,
    token: String,
}

impl Client {
    pub fn new(base_url: &str, token: &str) -> Self {
        Self { http: reqwest::Client::new(), base_url: base_url.to_owned(), token: token.to_owned() }
    }

    pub async fn contacts(&self, page_size: u32, site: &str) -> Result<Page, Box<dyn std::error::Error>> {
        let request = self
            .http
            .get(format!("{}/v1/contacts", self.base_url))
            .query(&[("page[size]", page_size.to_string().as_str()), ("filter[site_id]", site)])
            .header("accept", "application/vnd.api+json")
            .bearer_auth(&self.token)
            .timeout(std::time::Duration::from_secs(60));
        let body = request.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&body)?)
    }
}

#[derive(Deserialize)]
pub struct Page {
    pub data: Vec<Contact>,
    links: PageLinks,
    meta: PageMeta,
}

#[derive(Deserialize)]
struct PageLinks {
    #[serde(rename = "self")]
    self_: Option<String>,
    first: Option<String>,
    prev: Option<String>,
    next: Option<String>,
    last: Option<String>,
    current: Option<String>,
}

#[derive(Deserialize)]
struct PageMeta {
    total_pages: Option<i64>,
    total_count: Option<i64>,
    current_page: Option<i64>,
    count: Option<i64>,
}

#[derive(Deserialize)]
pub struct Contact {
    id: String,
    r#type: String,
    attributes: Attributes,
    relationships: Option<Relationships>,
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Attributes {
    name: Option<String>,
    email: Option<String>,
    phone_number: Option<String>,
    business_number: Option<String>,
    subscribed: Option<bool>,
    address_line_1: Option<String>,
    address_line_2: Option<String>,
    address_city: Option<String>,
    address_state: Option<String>,
    address_country: Option<String>,
    external_user_id: Option<String>,
    address_zip: Option<String>,
    custom_1: Option<String>,
    custom_2: Option<String>,
    custom_3: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    mobile_phone_number: Option<String>,
}

#[derive(Deserialize)]
struct Relationships {
    site: Option<ToOne>,
    offers: Option<ToMany>,
    tags: Option<ToMany>,
    customer: Option<ToOne>,
}

#[derive(Deserialize)]
struct ToOne {
    data: Option<Identifier>,
    links: Option<RelationshipLinks>,
}

#[derive(Deserialize)]
struct ToMany {
    data: Option<Vec<Identifier>>,
    links: Option<RelationshipLinks>,
}

#[derive(Deserialize)]
struct RelationshipLinks {
    #[serde(rename = "self")]
    self_: Option<String>,
    related: Option<String>,
    data: Option<Vec<Identifier>>,
}

#[derive(Deserialize)]
struct Identifier {
    id: String,
    r#type: String,
}

#[derive(Deserialize)]
struct Links {
    customer: Option<String>,
}
