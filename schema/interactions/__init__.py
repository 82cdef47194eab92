"""Interactions: the log, postponed interactions, and drafts."""
