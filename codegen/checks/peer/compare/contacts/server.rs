//! Answers every request with a page of so many contacts, until it is ended.

mod server;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let contacts = std::env::args().nth(1).ok_or("no number")?.parse()?;
    println!("{}", server::start(server::page(contacts))?);
    loop {
        std::thread::park();
    }
}
