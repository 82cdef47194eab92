"""Webhooks: requests to other programs, one for each change."""
