//! Lists contacts a given number of times.

mod by_hand;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, calls) = (arguments.next().ok_or("no URL")?, arguments.next().ok_or("no number")?.parse()?);
    let client = by_hand::Client::new(&url, "token");
    let mut listed = 0;
    for _ in 0..calls {
        listed += client.contacts(1000, "9").await?.data.len();
    }
    println!("{listed}");
    Ok(())
}
