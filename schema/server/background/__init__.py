"""Work in the background while the server runs: refreshing, old changes, webhooks."""
