async fn create(client: crm_clients::chatwoot::Client) -> Result<(), crm_clients::chatwoot::Error> {
    client.account("1").contacts().create("Alice").await?;
    Ok(())
}

fn main() {}
