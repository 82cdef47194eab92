"""Subscriptions: events from the change feed, read once for all subscribers who get the same."""
