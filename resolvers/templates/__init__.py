"""Interaction templates and groups, and their translations (A.4, R-TPL)."""
