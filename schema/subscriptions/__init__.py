"""The fields of Subscription."""
