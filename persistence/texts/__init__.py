"""Texts in Python: how they are compared, folded, split into words, written as CSV. Needs no database."""
