//! Chatwoot's uploads over real sockets: pictures of profiles, contacts and bots, and files of messages, from memory,
//! from disk and from a stream.
#![cfg(feature = "chatwoot")]

mod support;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crm_clients::chatwoot::types::{
    AgentBotForm, ApiChannel, ContactCreateForm, ContactUpdateForm, ConversationMessageForm, InboxCreateForm,
    InboxUpdateForm, PlatformAgentBotForm, ProfileUpdateRequestInput, PublicMessageForm,
};
use crm_clients::chatwoot::{Client, Error};
use crm_clients::runtime::{Bytes, Retry, Upload};
use futures_core::Stream;
use support::{Answer, Outcome, Request, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A response of the server, from its own views.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/chatwoot/", $name))
    };
}

const MESSAGE: &str = fixture!("create-a-new-message-in-a-conversation.200.attachments.json");
const PICTURE: &[u8] = b"\x89PNG\r\n";

fn client(url: &str) -> Result<Client, Error> {
    Client::builder().api_access_token("TOKEN").base_url(url).build()
}

async fn answering(method: &'static str, path: &str, body: &str) -> Outcome<Server> {
    Server::answering(method, path, Answer::json(200, body)).await
}

#[tokio::test]
async fn a_picture_is_uploaded() -> Outcome {
    let server = answering("PUT", "/api/v1/profile", fixture!("fetchProfile.200.json")).await?;

    let picture = Upload::bytes(&b"\x89PNG\r\n"[..]).file_name("m\"e.png").content_type("image/png");
    let profile = ProfileUpdateRequestInput::new().profile_name("Zo\u{eb}").profile_avatar(picture);
    client(&server.url())?.profile().update_as_multipart(profile).await?;

    let request = server.request()?;
    let content_type = request.header("content-type").join(",");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").ok_or(content_type.clone())?;
    let expected = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"profile[name]\"\r\n\r\nZo\u{eb}\r\n")
            .as_bytes(),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"profile[avatar]\"; filename=\"m%22e.png\"\r\n")
            .as_bytes(),
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n",
        format!("--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(request.body.escape_ascii().to_string(), expected.escape_ascii().to_string());
    assert_eq!(request.header("content-length"), [expected.len().to_string()]);
    assert_eq!(request.header("api_access_token"), ["TOKEN"]);
    Ok(())
}

#[tokio::test]
async fn a_file_is_uploaded_from_disk() -> Outcome {
    let server = answering("PUT", "/api/v1/profile", fixture!("fetchProfile.200.json")).await?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/chatwoot/contactSearch.429.body.txt");

    let profile = ProfileUpdateRequestInput::new().profile_avatar(Upload::file(file));
    client(&server.url())?.profile().update_as_multipart(profile).await?;

    let body = server.request()?.text()?.to_owned();
    assert!(body.contains("; name=\"profile[avatar]\"; filename=\"contactSearch.429.body.txt\"\r\n"), "{body}");
    assert!(body.contains("Content-Type: text/plain\r\n\r\nRetry later\n\r\n--"), "{body}");
    Ok(())
}

#[tokio::test]
async fn an_agent_replies_with_files() -> Outcome {
    let server = answering("POST", "/api/v1/accounts/7/conversations/31/messages", MESSAGE).await?;

    let invoice = Upload::bytes("%PDF").file_name("invoice.pdf").content_type("application/pdf");
    let message = ConversationMessageForm::new()
        .content("Here it is.")
        .private(false)
        .content_attributes([("in_reply_to", 70001)])
        .attachments([invoice, Upload::bytes(PICTURE).file_name("stamp.png").content_type("image/png")]);
    let sent = client(&server.url())?.account(7).conversation(31).messages().create_as_multipart(message).await?;

    let request = server.request()?;
    assert_eq!(
        request.parts()?,
        [
            "name=\"content\"\n\nHere it is.",
            "name=\"private\"\n\nfalse",
            "name=\"content_attributes[in_reply_to]\"\n\n70001",
            "name=\"attachments[]\"; filename=\"invoice.pdf\"\nContent-Type: application/pdf\n\n%PDF",
            "name=\"attachments[]\"; filename=\"stamp.png\"\nContent-Type: image/png\n\n\\x89PNG\n",
        ]
    );
    assert_eq!(request.header("api_access_token"), ["TOKEN"]);
    assert_eq!((sent.content, sent.attachments.unwrap_or_default().is_empty()), (None, false));
    Ok(())
}

#[tokio::test]
async fn a_contact_sends_a_file() -> Outcome {
    let path = "/public/api/v1/inboxes/shop/contacts/c-1/conversations/31/messages";
    let body = r#"{"id":5,"content":null,"message_type":0,"content_type":"text","content_attributes":{},
        "created_at":1773994800,"conversation_id":31}"#;
    let server = answering("POST", path, body).await?;

    let message = PublicMessageForm::new().echo_id("e-1").attachments([Upload::bytes("a,b\n").file_name("list.csv")]);
    let sent = client(&server.url())?
        .public_inbox("shop")
        .contact("c-1")
        .public_messages(31)
        .create_as_multipart(message)
        .await?;

    let expected = [
        "name=\"echo_id\"\n\ne-1",
        "name=\"attachments[]\"; filename=\"list.csv\"\nContent-Type: application/octet-stream\n\na,b\\n",
    ];
    assert_eq!(server.request()?.parts()?, expected);
    assert_eq!(sent.id, 5);
    Ok(())
}

#[tokio::test]
async fn pictures_are_sent_with_the_other_attributes() -> Outcome {
    let (contacts, inboxes, bots) =
        ("/api/v1/accounts/7/contacts", "/api/v1/accounts/7/inboxes", "/api/v1/accounts/7/agent_bots");
    let inbox = serde_json::from_str::<serde_json::Value>(fixture!("listAllInboxes.200.json"))?["payload"][0].clone();
    let bot = serde_json::from_str::<serde_json::Value>(fixture!("list-all-account-agent-bots.200.json"))?[0].clone();
    let server = answering("POST", contacts, fixture!("contactCreate.200.json"))
        .await?
        .and("POST", inboxes, Answer::json(200, inbox.to_string()))
        .and("POST", bots, Answer::json(200, bot.to_string()));
    let client = client(&server.url())?;
    let picture = || Upload::bytes(PICTURE).file_name("me.png").content_type("image/png");

    let contact = ContactCreateForm::new().name("Maya").custom_attributes([("plan", "gold")]).avatar(picture());
    client.account(7).contacts().create_as_multipart(contact).await?;
    let channel = ApiChannel::new().webhook_url("https://acme.example/chat");
    let inbox = InboxCreateForm::new().name("Shop").channel(channel).avatar(picture());
    client.account(7).inboxes().create_as_multipart(inbox).await?;
    let bot = AgentBotForm::new().name("Crumb").bot_type("webhook").avatar(picture());
    client.account(7).agent_bots().create_as_multipart(bot).await?;

    let sent: Vec<_> = server.requests()?.iter().map(Request::parts).collect::<Outcome<_>>()?;
    let avatar = "name=\"avatar\"; filename=\"me.png\"\nContent-Type: image/png\n\n\\x89PNG\n";
    assert_eq!(sent[0], ["name=\"name\"\n\nMaya", "name=\"custom_attributes[plan]\"\n\ngold", avatar]);
    let (kind, url) = ("name=\"channel[type]\"\n\napi", "name=\"channel[webhook_url]\"\n\nhttps://acme.example/chat");
    assert_eq!(sent[1], ["name=\"name\"\n\nShop", kind, url, avatar]);
    // The server accepts the kind of a bot as a word or as a number, but not as a string with a number.
    assert_eq!(sent[2], ["name=\"name\"\n\nCrumb", "name=\"bot_type\"\n\nwebhook", avatar]);
    Ok(())
}

/// Uploads a picture with each operation whose controller permits `avatar`.
#[tokio::test]
async fn every_permitted_picture_is_uploaded() -> Outcome {
    let mut server = Server::start().await?;
    for _ in 0..9 {
        server = server.and("*", "*", Answer::json(422, "{}"));
    }
    let client = Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()?;
    let picture = || Upload::bytes(PICTURE).file_name("me.png").content_type("image/png");

    let bot = || AgentBotForm::new().avatar(picture());
    let platform_bot = || PlatformAgentBotForm::new().avatar(picture());
    let refused = [
        client.account(7).contacts().create_as_multipart(ContactCreateForm::new().avatar(picture())).await.is_err(),
        client.account(7).contacts().update_as_multipart(5, ContactUpdateForm::new().avatar(picture())).await.is_err(),
        client.account(7).inboxes().create_as_multipart(InboxCreateForm::new().avatar(picture())).await.is_err(),
        client.account(7).inboxes().update_as_multipart(5, InboxUpdateForm::new().avatar(picture())).await.is_err(),
        client.account(7).agent_bots().create_as_multipart(bot()).await.is_err(),
        client.account(7).agent_bots().update_as_multipart(5, bot()).await.is_err(),
        client.platform_agent_bots().create_as_multipart(platform_bot()).await.is_err(),
        client.platform_agent_bots().update_as_multipart(5, platform_bot()).await.is_err(),
        client.profile().update_as_multipart(ProfileUpdateRequestInput::new().profile_avatar(picture())).await.is_err(),
    ];

    assert_eq!(refused, [true; 9], "the server rejects everything");
    let requests = server.requests()?;
    let (profile, others) = requests.split_last().ok_or("no requests")?;
    let file = "filename=\"me.png\"\nContent-Type: image/png\n\n\\x89PNG\n";
    assert_eq!(profile.parts()?, [format!("name=\"profile[avatar]\"; {file}")]);
    for request in others {
        assert_eq!(request.parts()?, [format!("name=\"avatar\"; {file}")], "{} {}", request.method, request.target);
    }
    Ok(())
}

/// A stream of two chunks, of which the second is available only after the server has read the first.
struct Recording {
    pieces: std::vec::IntoIter<&'static str>,
    heard: Option<oneshot::Receiver<()>>,
}

impl Stream for Recording {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pieces.len() < 2
            && let Some(heard) = &mut self.heard
        {
            ready!(Pin::new(heard).poll(context)).map_err(std::io::Error::other)?;
            self.heard = None;
        }
        Poll::Ready(self.pieces.next().map(|piece| Ok(Bytes::from(piece))))
    }
}

/// Reads a request until it contains the text.
async fn read_until(stream: &mut tokio::net::TcpStream, text: &str, read: &mut Vec<u8>) -> Outcome {
    while !read.windows(text.len()).any(|window| window == text.as_bytes()) {
        if stream.read_buf(read).await? == 0 {
            return Err(format!("the request ended before {text:?}").into());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_is_sent_while_it_is_produced() -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (tell, heard) = oneshot::channel();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut read = Vec::new();
        read_until(&mut stream, "hello, ", &mut read).await?;
        tell.send(()).map_err(|()| "nobody waits for the first chunk")?;
        read_until(&mut stream, "\r\n0\r\n\r\n", &mut read).await?;
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", MESSAGE.len());
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(MESSAGE.as_bytes()).await?;
        Outcome::Ok(String::from_utf8(read)?)
    });

    let recording = Recording { pieces: vec!["hello, ", "world"].into_iter(), heard: Some(heard) };
    let voice = Upload::stream(recording, None).file_name("voice.ogg").content_type("audio/ogg");
    client(&url)?
        .account(7)
        .conversation(31)
        .messages()
        .create_as_multipart(ConversationMessageForm::new().attachments([voice]))
        .await?;

    let read = server.await??;
    assert!(read.contains("transfer-encoding: chunked"), "{read}");
    let head = "name=\"attachments[]\"; filename=\"voice.ogg\"\r\nContent-Type: audio/ogg\r\n\r\n";
    assert!(read.contains(head) && read.contains("world"), "{read}");
    Ok(())
}

#[cfg(feature = "chatwoot-undocumented")]
#[tokio::test]
async fn at_most_60_files_an_hour_are_stored_for_an_account() -> Outcome {
    use crm_clients::chatwoot::types::UploadForm;
    use std::time::Duration;

    let stored = r#"{"file_url": "https://files.example/1/a.png", "blob_key": "k1", "blob_id": 4}"#;
    let mut server = Server::start().await?;
    for path in std::iter::repeat_n("/api/v1/accounts/7/upload", 60).chain(["/api/v1/accounts/8/upload"]) {
        server = server.and("POST", path, Answer::json(200, stored));
    }
    let client = client(&server.url())?;
    let store = |account| {
        let file = Upload::bytes(PICTURE).file_name("a.png");
        client.account(account).uploads().create(UploadForm::new().attachment(file))
    };
    for _ in 0..60 {
        let file = store(7).await?;
        assert_eq!(
            (file.file_url.as_str(), file.blob_key.as_str(), file.blob_id),
            ("https://files.example/1/a.png", "k1", 4)
        );
    }
    assert!(tokio::time::timeout(Duration::from_millis(100), store(7)).await.is_err(), "the 61st upload does not wait");
    assert_eq!(store(8).await?.blob_id, 4);
    for request in server.requests()? {
        assert!(request.body.escape_ascii().to_string().contains("name=\\\"attachment\\\"; filename=\\\"a.png\\\""));
    }
    Ok(())
}
