"""Filters and steps in readable words, English and French: a language is a table of phrases, the grammar is in
`clauses`.
"""
