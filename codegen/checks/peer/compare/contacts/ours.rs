//! Lists contacts a given number of times.

use client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, calls) = (arguments.next().ok_or("no URL")?, arguments.next().ok_or("no number")?.parse()?);
    let client = Client::builder().bearer_token("token").base_url(url).build()?;
    let mut listed = 0;
    for _ in 0..calls {
        listed += client.contacts().list().await?.data.len();
    }
    println!("{listed}");
    Ok(())
}
