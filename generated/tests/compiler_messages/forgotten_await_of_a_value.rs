async fn name(client: crm_clients::chatwoot::Client) -> String {
    client.account(1).contacts().get(7).payload.name
}

fn main() {}
