"""Descriptions of filters and steps in English and French: each language is a table of phrases, `clauses` combines
them.
"""
