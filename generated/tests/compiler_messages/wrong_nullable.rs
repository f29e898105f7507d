use crm_clients::chatwoot::types::ConversationsTogglePriorityRequest;

fn main() {
    ConversationsTogglePriorityRequest::new(3);
}
