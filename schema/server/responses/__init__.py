"""Responses: compression, entity tags, streams, and what all of them have."""
