//! Returns a page with a given number of contacts for every request, until it is stopped.

mod server;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let contacts = std::env::args().nth(1).ok_or("no number")?.parse()?;
    println!("{}", server::start(server::page(contacts))?);
    loop {
        std::thread::park();
    }
}
