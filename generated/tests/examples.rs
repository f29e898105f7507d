//! The example programs, run with a local server.
#![cfg(all(feature = "chatwoot", feature = "contactship", feature = "kajabi"))]

mod support;

use support::{Answer, Outcome, Server};

#[path = "../examples/chatwoot_reply.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod chatwoot_reply;
#[path = "../examples/contactship_calls.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod contactship_calls;
#[path = "../examples/contactship_import.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod contactship_import;
#[path = "../examples/kajabi_export.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod kajabi_export;
#[cfg(feature = "mock")]
#[path = "../examples/sync.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod sync;
#[cfg(feature = "mock")]
#[path = "../examples/undeclared.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod undeclared;
#[path = "../examples/webhook.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod webhook;

/// Returns an environment with only these variables.
fn environment<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

/// Returns the output of a program, after success or failure.
fn said(result: Result<String, Box<dyn std::error::Error>>) -> String {
    result.unwrap_or_else(|error| format!("failed: {error}"))
}

const TOKEN: &str = r#"{"access_token":"A1","refresh_token":"R1","token_type":"Bearer","expires_in":7200}"#;

/// Returns one of three pages of a site with five contacts, each with its id and attributes.
fn page_of_contacts(page: usize, contacts: &[(&str, &str)]) -> Answer {
    let next = if page < 3 { r#""https://api.kajabi.com/v1/contacts""# } else { "null" };
    let contact = |(id, known): &(&str, &str)| format!(r#"{{"id":"{id}","type":"contacts","attributes":{known}}}"#);
    let data = contacts.iter().map(contact).collect::<Vec<_>>().join(",");
    let body = format!(
        r#"{{"data":[{data}],"links":{{"self":"https://api.kajabi.com/v1/contacts","next":{next}}},
             "meta":{{"total_pages":3,"total_count":5,"current_page":{page}}}}}"#
    );
    Answer::json_api(200, body)
}

const ALICE: &str = r#"{"name":"Ngo, Alice","email":"alice@acme.example","subscribed":true,"phone_number":"+12124567890",
    "mobile_phone_number":"+12124567891","business_number":"+12124567892","address_line_1":"1 Main St","address_line_2":"Flat 2",
    "address_city":"Springfield","address_state":"IL","address_zip":"62701","address_country":"US","external_user_id":"u-1",
    "custom_1":"a","custom_2":"b","custom_3":"c","created_at":"2024-02-03T04:05:06.000Z"}"#;

fn kajabi_variables(url: &str) -> [(&str, &str); 4] {
    [("KAJABI_BASE_URL", url), ("KAJABI_CLIENT_ID", "id"), ("KAJABI_CLIENT_SECRET", "SECRET"), ("KAJABI_SITE_ID", "9")]
}

#[tokio::test]
async fn kajabi_exports_every_page_to_a_file() -> Outcome {
    let contacts = "/v1/contacts";
    let server = Server::answering("POST", "/v1/oauth/token", Answer::json(200, TOKEN))
        .await?
        .and("GET", contacts, page_of_contacts(1, &[("1", ALICE), ("2", r#"{"name":"Bob","email":null}"#)]))
        .and("GET", contacts, page_of_contacts(2, &[("3", "{}"), ("4", r#"{"name":"said \"hi\""}"#)]))
        .and("GET", contacts, page_of_contacts(3, &[("5", r#"{"subscribed":false}"#)]));
    let (url, directory) = (server.url(), tempfile::tempdir()?);
    let path = directory.path().join("contacts.csv");

    let told = said(kajabi_export::run(environment(&kajabi_variables(&url)), Some(&path)).await);

    assert_eq!(told, "5 contacts exported");
    assert_eq!(
        std::fs::read_to_string(&path)?,
        "id,name,email,subscribed,phone_number,mobile_phone_number,business_number,address_line_1,address_line_2,\
         address_city,address_state,address_zip,address_country,external_user_id,custom_1,custom_2,custom_3,created_at\n\
         1,\"Ngo, Alice\",alice@acme.example,true,+12124567890,+12124567891,+12124567892,1 Main St,Flat 2,\
         Springfield,IL,62701,US,u-1,a,b,c,2024-02-03T04:05:06Z\n\
         2,Bob,,,,,,,,,,,,,,,,\n\
         3,,,,,,,,,,,,,,,,,\n\
         4,\"said \"\"hi\"\"\",,,,,,,,,,,,,,,,\n\
         5,,,false,,,,,,,,,,,,,,\n"
    );
    assert_eq!(std::fs::read_dir(directory.path())?.count(), 1);
    let requests = server.requests()?;
    assert_eq!(requests[0].text()?, "grant_type=client_credentials&client_id=id&client_secret=SECRET");
    let first = "/v1/contacts?filter%5Bsite_id%5D=9&sort=created_at&page%5Bsize%5D=100";
    let targets: Vec<_> = requests[1..].iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, [first, &format!("{first}&page%5Bnumber%5D=2"), &format!("{first}&page%5Bnumber%5D=3")]);
    assert!(requests[1..].iter().all(|request| request.header("authorization") == ["Bearer A1"]));
    Ok(())
}

#[tokio::test]
async fn an_incomplete_kajabi_export_keeps_its_part_file() -> Outcome {
    let server = Server::answering("POST", "/v1/oauth/token", Answer::json(200, TOKEN))
        .await?
        .and("GET", "/v1/contacts", page_of_contacts(1, &[("1", "{}"), ("2", "{}")]))
        .and("GET", "/v1/contacts", Answer::json_api(403, r#"{"errors":[{"detail":"no"}]}"#))
        .and("POST", "/v1/oauth/token", Answer::json(401, r#"{"error":"Invalid client credentials"}"#));
    let (url, directory) = (server.url(), tempfile::tempdir()?);
    let (path, part) = (directory.path().join("contacts.csv"), directory.path().join("contacts.csv.part"));
    let variables = kajabi_variables(&url);
    let export = async |variables| said(kajabi_export::run(environment(variables), Some(&path)).await);

    let forbidden = export(&variables).await;
    let lines = std::fs::read_to_string(&part)?.lines().count();
    let unknown = export(&variables).await;
    let unset = export(&variables[..3]).await;

    let place = part.display();
    assert_eq!(
        forbidden,
        format!(
            "failed: stopped after 2 of 5 contacts: contacts.list: 403 Forbidden: {{\"errors\":[{{\"detail\":\"no\"}}]}}\n\
             the incomplete export is in {place}"
        )
    );
    assert_eq!(lines, 3);
    assert_eq!(
        unknown,
        format!(
            "failed: stopped after 0 contacts: contacts.list: no token: 401 Invalid client credentials\n\
             the incomplete export is in {place}"
        )
    );
    assert_eq!(unset, "failed: set KAJABI_SITE_ID to the id of the site");
    assert!(!path.exists());
    server.requests()?;
    Ok(())
}

#[tokio::test]
async fn chatwoot_replies_with_an_attachment() -> Outcome {
    let messages = "/api/v1/accounts/7/conversations/31/messages";
    let sent = include_str!("fixtures/chatwoot/create-a-new-message-in-a-conversation.200.attachments.json");
    let server = Server::answering("POST", messages, Answer::json(200, sent))
        .await?
        .and("POST", messages, Answer::json(200, sent.replace(r#""private": false"#, r#""private": true"#)))
        .and(
            "POST",
            messages,
            Answer::json(404, include_str!("fixtures/chatwoot/get-details-of-a-conversation.404.json")),
        );
    let (url, directory) = (server.url(), tempfile::tempdir()?);
    let file = directory.path().join("invoice.pdf");
    std::fs::write(&file, "%PDF")?;
    let file = file.to_str().ok_or("the path is text")?;
    let variables = [("CHATWOOT_BASE_URL", url.as_str()), ("CHATWOOT_ACCOUNT_ID", "7"), ("CHATWOOT_TOKEN", "TOKEN")];
    let reply = async |variables, arguments: &[&str]| {
        said(chatwoot_reply::run(environment(variables), arguments.iter().map(|text| (*text).to_owned())).await)
    };

    assert_eq!(reply(&variables, &["31", "Here it is.", file]).await, "sent message 70003");
    assert_eq!(reply(&variables, &["--private", "31", "Look.", file]).await, "added note 70003");
    assert_eq!(reply(&variables, &["31", "Hi", file]).await, "failed: account 7 has no conversation 31");

    let missing = reply(&variables, &["31", "Hi", "no-such-file.pdf"]).await;
    assert!(missing.starts_with("failed: messages.create_as_multipart: "), "{missing}");
    assert!(missing.contains("no-such-file.pdf"), "{missing}");
    let usage = "failed: usage: chatwoot_reply [--private] CONVERSATION TEXT FILE";
    assert_eq!(reply(&variables, &["31", "Hi"]).await, usage);
    let number = reply(&variables, &["#31", "Hi", file]).await;
    assert_eq!(number, "failed: invalid conversation number \"#31\"");
    let unset = reply(&variables[..2], &["31", "Hi", file]).await;
    assert_eq!(unset, "failed: set CHATWOOT_TOKEN to the access token of your profile");

    let requests = server.requests()?;
    let attachment = "name=\"attachments[]\"; filename=\"invoice.pdf\"\nContent-Type: application/pdf\n\n%PDF";
    let public = ["name=\"content\"\n\nHere it is.", "name=\"private\"\n\nfalse", attachment];
    let private = ["name=\"content\"\n\nLook.", "name=\"private\"\n\ntrue", attachment];
    assert_eq!(
        (requests[0].parts()?, requests[1].parts()?),
        (public.map(Into::into).into(), private.map(Into::into).into())
    );
    assert_eq!(requests[0].header("api_access_token"), ["TOKEN"]);
    Ok(())
}

const PEOPLE: &str = "\
full_name,phone_number,email,plan
Alice Ngo,+12124567890,alice@acme.example,gold
Bob,+34600000000,,
Nobody,12,,
\"Ngo, Carla\",+34600000001,,
";

#[tokio::test]
async fn contactship_imports_a_file() -> Outcome {
    let created =
        r#"{"id":"c1","created_at":"2023-01-01T12:00:00Z","phone_number":"+12124567890","full_name":"Alice Ngo"}"#;
    let server = Server::answering("POST", "/v1/contacts", Answer::json(201, created))
        .await?
        .and("POST", "/v1/contacts", Answer::json(409, r#"{"message":"Duplicate"}"#))
        .and("POST", "/v1/contacts", Answer::json(400, r#"{"message":"phone_number is not valid"}"#))
        .and("POST", "/v1/contacts", Answer::json(401, r#"{"message":"Unauthorized"}"#));
    let url = server.url();
    let variables = [("CONTACTSHIP_BASE_URL", url.as_str()), ("CONTACTSHIP_API_KEY", "KEY")];
    let import = async |csv: &str| said(contactship_import::run(environment(&variables), csv.as_bytes()).await);

    let three = PEOPLE.lines().take(4).collect::<Vec<_>>().join("\n");
    assert_eq!(import(&three).await, "1 created, 1 skipped, 1 rejected\nline 4: phone_number is not valid");
    assert_eq!(
        import(PEOPLE).await,
        "failed: stopped at line 2, after 0 contacts: contacts.create: 401 Unauthorized: {\"message\":\"Unauthorized\"}"
    );
    let sent = server.requests()?;
    assert_eq!(
        sent[0].text()?,
        "{\"phone_number\":\"+12124567890\",\"full_name\":\"Alice Ngo\",\"email\":\"alice@acme.example\",\
         \"additional_data\":[{\"type\":\"text\",\"field\":\"plan\",\"value\":\"gold\"}]}"
    );
    assert_eq!(sent[1].text()?, r#"{"phone_number":"+34600000000","full_name":"Bob"}"#);
    let nothing = said(contactship_import::run(environment(&variables[..1]), PEOPLE.as_bytes()).await);
    assert_eq!(nothing, "failed: set CONTACTSHIP_API_KEY to a key from the dashboard");
    Ok(())
}

#[tokio::test]
async fn contactship_exports_calls_with_their_agents() -> Outcome {
    let agents = r#"{"statusCode":200,"data":[{"id":"a1","name":"Renewals","created_at":"2026-01-01T00:00:00Z"}]}"#;
    let first = r#"{"data":[{"id":"c1","created_at":"2026-02-01T10:00:00Z","agent_id":"a1","duration":65,
        "call_result":"answered","call_analysis":{"summary":"Wants an offer, soon."},
        "contact":{"id":"k1","full_name":"Rosa Nolan","phone_number":"+34911234567"}}],"count":2}"#;
    let second = r#"{"data":[{"id":"c2","created_at":"2026-02-02T10:00:00Z","agent_id":"gone","duration":null,
        "call_result":"no_answer","call_analysis":null,"contact":null}],"count":2}"#;
    let server = Server::answering("GET", "/v1/agents", Answer::json(200, agents))
        .await?
        .and("GET", "/v1/calls", Answer::json(200, first))
        .and("GET", "/v1/calls", Answer::json(200, second));
    let url = server.url();
    let variables = [("CONTACTSHIP_BASE_URL", url.as_str()), ("CONTACTSHIP_API_KEY", "KEY")];

    let mut file = Vec::new();
    let told = said(contactship_calls::run(environment(&variables), Some("2026-01-31"), &mut file).await);

    assert_eq!(told, "2 calls exported");
    assert_eq!(
        String::from_utf8(file)?,
        "id,agent,contact,phone_number,created_at,seconds,result,summary\n\
         c1,Renewals,Rosa Nolan,+34911234567,2026-02-01T10:00:00Z,65,answered,\"Wants an offer, soon.\"\n\
         c2,,,,2026-02-02T10:00:00Z,,no_answer,\n"
    );
    let targets: Vec<_> = server.requests()?.into_iter().map(|request| request.target).collect();
    let list = "/v1/calls?limit=100&order=asc&date_from=2026-01-31";
    assert_eq!(targets, ["/v1/agents", list, &format!("{list}&offset=1")]);
    let nothing = said(contactship_calls::run(environment(&variables[..1]), None, Vec::new()).await);
    assert_eq!(nothing, "failed: set CONTACTSHIP_API_KEY to a key from the dashboard");
    Ok(())
}

/// A contact of Chatwoot.
#[cfg(feature = "mock")]
fn contact(id: i64, name: &str, email: &str) -> serde_json::Value {
    serde_json::json!({
        "id": id, "name": name, "email": email, "phone_number": null, "identifier": null, "thumbnail": "", "blocked": false,
        "availability_status": "offline", "additional_attributes": {}, "custom_attributes": {}, "created_at": 1774000800,
    })
}

/// A site with three contacts on two pages: Alice, whom Chatwoot does not know, Bob, whom it knows, and one without an address.
#[cfg(feature = "mock")]
async fn site() -> Outcome<crm_clients::kajabi::mock::Server> {
    use serde_json::json;
    let page = |number: i64, data: serde_json::Value, next: Option<&str>| {
        json!({
            "data": data, "links": { "next": next }, "meta": { "total_pages": 2, "current_page": number },
            "included": [{ "id": "4", "type": "contact_tags", "attributes": { "name": "Gold Member" } }],
        })
    };
    let tags = json!({ "tags": { "data": [{ "id": "4", "type": "contact_tags" }] } });
    let alice = json!({ "id": "1", "type": "contacts", "relationships": tags,
        "attributes": { "name": "Alice", "email": "alice@acme.example" } });
    let bob = json!({ "id": "2", "type": "contacts", "relationships": tags,
        "attributes": { "name": "Bob", "email": "bob@acme.example" } });
    let carla = json!({ "id": "3", "type": "contacts", "attributes": { "name": "Carla", "email": null } });
    let kajabi = crm_clients::kajabi::mock::Server::start().await?;
    let is_second =
        |request: &crm_clients::runtime::mock::Request| request.query("page[number]").is_some_and(|page| page == "2");
    kajabi.contacts().list().when(is_second).json(page(2, json!([carla]), None));
    let next = "https://api.kajabi.com/v1/contacts?page[number]=2";
    kajabi.contacts().list().json(page(1, json!([alice, bob]), Some(next)));
    Ok(kajabi)
}

/// An account that has Bob with a label, and refuses to create him.
#[cfg(feature = "mock")]
async fn account() -> Outcome<crm_clients::chatwoot::mock::Server> {
    use crm_clients::runtime::mock::MockResponse;
    use serde_json::json;
    let chatwoot = crm_clients::chatwoot::mock::Server::start().await?;
    chatwoot.contacts().create().respond_with(|request| match request.json() {
        Ok(sent) if sent["email"] == "alice@acme.example" => MockResponse::json(json!({
            "payload": { "contact": contact(1, "Alice", "alice@acme.example"), "contact_inbox": { "inbox": null, "source_id": null } }
        })),
        _ => {
            let taken = json!({ "message": "Email has already been taken", "attributes": ["email"] });
            MockResponse::json(taken).status(422)
        }
    });
    let found = [contact(9, "Bobby", "bobby.bob@acme.example"), contact(2, "Bob", "Bob@acme.example")];
    let meta = |count: usize| json!({ "count": count, "current_page": 1, "has_more": false });
    chatwoot
        .contacts()
        .search()
        .when(|request| request.query("q").is_some_and(|q| q.starts_with("bob")))
        .json(json!({ "meta": meta(2), "payload": found }));
    chatwoot.contacts().search().json(json!({ "meta": meta(0), "payload": [] }));
    chatwoot.contact_labels().list().json(json!({ "payload": ["vip"] }));
    chatwoot.contact_labels().replace().respond_with(|request| match request.json() {
        Ok(sent) => MockResponse::json(json!({ "payload": sent["labels"] })),
        Err(_) => MockResponse::json(json!({ "error": "no JSON" })).status(400),
    });
    Ok(chatwoot)
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn contacts_are_copied_with_their_tags_and_a_run_continues_where_it_was_stopped() -> Outcome {
    let (kajabi, chatwoot, directory) = (site().await?, account().await?, tempfile::tempdir()?);
    let path = directory.path().join("checkpoint.json");
    let path = path.to_str().ok_or("the path is text")?;
    let (kajabi_url, chatwoot_url) = (kajabi.url().to_owned(), chatwoot.url().to_owned());
    let mut variables = kajabi_variables(&kajabi_url).to_vec();
    variables.extend([
        ("CHATWOOT_BASE_URL", &*chatwoot_url),
        ("CHATWOOT_TOKEN", "TOKEN"),
        ("CHATWOOT_ACCOUNT_ID", "7"),
    ]);
    let sync = async |arguments: &[&str]| {
        said(sync::run(environment(&variables), arguments.iter().map(|text| (*text).to_owned())).await)
    };
    let told = "1 created, 1 updated, 1 refused\nCarla: no email address that Chatwoot accepts";

    assert_eq!(sync(&[path, "--dry-run"]).await, told);
    let written = |request: &crm_clients::runtime::mock::Request| request.method != crm_clients::runtime::Method::GET;
    assert!(!chatwoot.requests().iter().any(written) && !std::path::Path::new(path).exists());

    assert_eq!(sync(&[path]).await, told);
    let requests = chatwoot.requests();
    let labels = requests.iter().filter(|request| request.operation == Some("contact_labels.replace"));
    let mut labels: Vec<_> = labels
        .map(|request| Ok((request.target.clone(), request.json()?)))
        .collect::<Result<_, serde_json::Error>>()?;
    labels.sort_by(|one, other| one.0.cmp(&other.0));
    let path_of = |id: i64| format!("/api/v1/accounts/7/contacts/{id}/labels");
    let expected =
        [serde_json::json!({ "labels": ["gold-member"] }), serde_json::json!({ "labels": ["vip", "gold-member"] })];
    let [alices, bobs] = expected;
    assert_eq!(labels, [(path_of(1), alices), (path_of(2), bobs)]);
    assert!(!std::path::Path::new(path).exists(), "the next run starts from the beginning");

    // The checkpoint of a run that was stopped after the first page.
    std::fs::write(
        path,
        r#"{"operation":"contacts.list","parameter":"page[number]","value":"2","taken":2,"whole":true}"#,
    )?;
    assert_eq!(sync(&[path]).await, "0 created, 0 updated, 1 refused\nCarla: no email address that Chatwoot accepts");
    // The file of a run that was stopped after the last page.
    std::fs::write(path, "null")?;
    assert_eq!(sync(&[path]).await, told);
    assert_eq!(sync(&[]).await, "failed: usage: sync CHECKPOINT [--dry-run]");
    kajabi.verify()?;
    chatwoot.verify()?;
    Ok(())
}

#[cfg(feature = "mock")]
#[tokio::test]
async fn companies_are_listed_and_created_without_a_method_for_them() -> Outcome {
    let page =
        |companies: &str| Answer::json(200, format!(r#"{{"payload":[{companies}],"meta":{{"total_count":2}}}}"#));
    let companies = "/api/v1/accounts/7/companies";
    let server = Server::answering("POST", companies, Answer::json(200, r#"{"payload":{"id":2,"name":"Okafor"}}"#))
        .await?
        .and("GET", companies, page(r#"{"id":1,"name":"Acme","domain":null},{"id":2,"name":"Okafor"}"#))
        .and("GET", companies, page(""));
    let url = server.url();
    let variables = [("CHATWOOT_BASE_URL", url.as_str()), ("CHATWOOT_ACCOUNT_ID", "7"), ("CHATWOOT_TOKEN", "TOKEN")];
    let told = said(undeclared::run(environment(&variables), Some("Okafor".to_owned())).await);
    assert_eq!(told, "1 Acme\n2 Okafor");
    let requests = server.requests()?;
    assert_eq!(requests[0].text()?, r#"{"company":{"name":"Okafor"}}"#);
    assert_eq!(requests[0].header("idempotency-key"), ["company-Okafor"]);
    let targets: Vec<_> = requests[1..].iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, [format!("{companies}?page=1"), format!("{companies}?page=2")]);
    assert!(requests.iter().all(|request| request.header("api_access_token") == ["TOKEN"]));
    Ok(())
}

#[tokio::test]
async fn deliveries_are_verified_before_they_are_read() -> Outcome {
    use crm_clients::chatwoot::events::Verifier;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/chatwoot", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, webhook::app(Verifier::new("SECRET"))).await });
    let http = crm_clients::runtime::http_client_builder().no_proxy().build()?;
    let deliver = async |secret: &str, body: &'static str| {
        let headers = Verifier::new(secret).sign(body.as_bytes())?;
        Outcome::Ok(http.post(&url).headers(headers).body(body).send().await?.status().as_u16())
    };
    assert_eq!(deliver("SECRET", r#"{"event":"an_event_of_tomorrow"}"#).await?, 200);
    assert_eq!(deliver("SECRET", "not JSON").await?, 422);
    assert_eq!(deliver("ANOTHER", r#"{"event":"an_event_of_tomorrow"}"#).await?, 401);
    assert_eq!(http.post(&url).body("{}").send().await?.status().as_u16(), 401);
    Ok(())
}
