"""Logging segments, what follows from it, and undoing it."""
