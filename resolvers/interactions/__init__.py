"""Interactions: drafts, the log, and postponed interactions."""
