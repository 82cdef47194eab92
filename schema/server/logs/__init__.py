"""The logs: how lines look, requests, outages, stack traces."""
