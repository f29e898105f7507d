//! Names that `names.lock` keeps, and deprecated names: callers can use both.
#![expect(deprecated, reason = "the test uses the deprecated names")]

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::held_names::{self, beasts, pets, types};

#[tokio::test]
async fn a_deprecated_name_is_what_it_was_renamed_to() -> Outcome {
    let server = Server::answering([reply("200 OK", &[], r#"{"name": "Rex"}"#)]).await?;
    let client = held_names::Client::builder().base_url(server.url()).build()?;
    let resource: beasts::Beasts = client.beasts();
    let call: pets::WalkCall = resource.walk("7", types::Walk::new(30));
    let pet: types::PetRecord = call.send().await?;
    assert_eq!(pet.name, "Rex");
    assert_eq!(server.request()?.first_line(), "POST /animals/7/walks/start HTTP/1.1");
    Ok(())
}
