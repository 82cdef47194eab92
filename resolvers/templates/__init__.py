"""Interaction groups and templates with their translations (A.4)."""
