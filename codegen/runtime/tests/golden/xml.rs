//! XML bodies, over real sockets.

use crm_clients_runtime::Error;

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::{xml_bodies, xml_nodes};
use xml_bodies::types::{Document, DocumentKind, Note, Person, Spaced};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// Returns the client of a theme with the server's base URL.
macro_rules! client {
    ($theme:ident, $server:expr) => {
        $theme::Client::builder().base_url($server.url()).build()?
    };
}

async fn answering(status: &str, body: &str) -> std::io::Result<Server> {
    Server::answering([reply(status, &["content-type: application/xml"], body)]).await
}

#[tokio::test]
async fn bodies_follow_the_schema() -> Outcome {
    let received = "<x:doc xmlns:x='urn:x' id='7' type='note'><title>a &amp; b</title><pageCount> 2 </pageCount><draft>true</draft>\
                    <size>1.5</size><made>2026-01-02</made><tags><tag>x</tag><tag/></tags><note by='m'><body>t</body></note>\
                    <doc><title/><pageCount>1</pageCount></doc><other>1</other></x:doc>";
    let server = answering("200 OK", received).await?;
    let document = Document::new("a < b", 2).id(7).kind(DocumentKind::Note).draft(false).size(1.5).tags(["x", "y"]);
    let document = document.notes([Note::new().by("\"m\"").body("t")]).author(Person::new("n"));
    let got = client!(xml_bodies, server).documents().create(document.parent(Document::new("p", 1))).await?;
    let request = server.request()?;
    assert_eq!(request.header("content-type"), Some("application/xml"));
    assert_eq!(request.header("accept"), Some("application/atom+xml"));
    let sent = "<doc id=\"7\" type=\"note\"><title>a &lt; b</title><draft>false</draft><pageCount>2</pageCount><size>1.5</size>\
                <tags><tag>x</tag><tag>y</tag></tags><note by=\"&quot;m&quot;\"><body>t</body></note><author><name>n</name></author>\
                <doc><title>p</title><pageCount>1</pageCount></doc></doc>";
    assert_eq!(request.body, format!("{HEAD}{sent}"));
    assert_eq!((got.id, got.kind, got.title.as_str(), got.pages), (Some(7), Some(DocumentKind::Note), "a & b", 2));
    assert_eq!(
        (got.draft, got.size, got.made.map(|day| day.to_string())),
        (Some(true), Some(1.5), Some("2026-01-02".into()))
    );
    assert_eq!(got.tags, Some(vec!["x".to_owned(), String::new()]));
    assert_eq!(got.notes.and_then(|notes| notes[0].by.clone()).as_deref(), Some("m"));
    assert_eq!(got.parent.map(|parent| parent.pages), Some(1));
    assert_eq!(got.additional_properties["other"], "1");
    Ok(())
}

#[tokio::test]
async fn lists_namespaces_and_errors() -> Outcome {
    let body = "<documents><doc><title>a</title><pageCount>1</pageCount></doc><doc><title>b</title><pageCount>2</pageCount></doc></documents>";
    let server = answering("200 OK", body).await?;
    let documents = client!(xml_bodies, server).documents().list().await?;
    assert_eq!(documents.iter().map(|document| document.pages).collect::<Vec<_>>(), [1, 2]);
    let server = answering("204 No Content", "").await?;
    let spaced = Spaced::new().lang("en").value("v").with_additional_properties("more", "m");
    client!(xml_bodies, server).documents().spaces(spaced).await?;
    let sent = "<s:space xmlns:s=\"urn:space\" xmlns:l=\"urn:lang\" l:lang=\"en\"><s:value xmlns:s=\"urn:space\">v</s:value><more>m</more></s:space>";
    assert_eq!(server.request()?.body, format!("{HEAD}{sent}"));
    let server = answering("400 Bad Request", "<Fault><code>3</code><message>m</message></Fault>").await?;
    let refused = client!(xml_bodies, server).documents().create(Document::new("t", 1)).await;
    let Some(Error::Api(error)) = refused.err() else { return Err("it went well".into()) };
    assert!(matches!(error.body(), xml_bodies::ErrorBody::Fault(fault) if fault.code == Some(3)), "{:?}", error.body());
    let server = answering("200 OK", "{\"title\": \"j\", \"pages\": 3}").await?;
    let replaced = client!(xml_bodies, server).documents().update_as_xml(Document::new("t", 1)).await?;
    assert_eq!((replaced.pages, server.request()?.header("content-type")), (3, Some("application/xml")));
    Ok(())
}

#[tokio::test]
async fn xml_that_is_not_as_declared_is_an_error() -> Outcome {
    for (body, told) in [
        ("<doc><title>t</title></doc>", "pages"),
        ("<doc><title>t</title><pageCount>two</pageCount></doc>", "invalid type"),
        ("<page/>", "the root element is `page`, expected `doc`"),
        ("<doc><title>&unknown;</title></doc>", "unknown entity `unknown`"),
        ("<doc><title>", "the document ends within its root element"),
    ] {
        let server = answering("200 OK", body).await?;
        let error =
            client!(xml_bodies, server).documents().create(Document::new("t", 1)).await.err().ok_or("it was read")?;
        assert!(matches!(error, Error::Decode(_)) && error.to_string().contains(told), "{error}");
    }
    let server = answering("200 OK", "<doc/>").await?;
    let refused =
        client!(xml_bodies, server).documents().create(Document::new("\u{1}", 1)).await.err().ok_or("it was sent")?;
    assert!(matches!(refused, Error::Request(_)), "{refused}");
    Ok(())
}

#[tokio::test]
async fn node_types_are_supported() -> Outcome {
    use xml_nodes::types::{Entry, EntryLinksItem};
    let body = "<Entry lang=\"en\">t<links><link to=\"a\"><![CDATA[x < y]]></link></links></Entry>";
    let server = answering("200 OK", body).await?;
    let entry = Entry::new().lang("en").text("t").links([EntryLinksItem::new().to("a").code("x < y")]);
    let got = client!(xml_nodes, server).entries().create(entry.clone()).await?;
    assert_eq!(server.request()?.body, format!("{HEAD}{body}"));
    assert_eq!(got, entry);
    Ok(())
}
