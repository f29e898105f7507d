struct Log;

fn main() {
    let _ = crm_clients::chatwoot::Client::builder().hook(Log);
}
