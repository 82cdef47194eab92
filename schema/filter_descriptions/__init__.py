"""Describes filters, and the steps of segments, in words: “Contacts whose city is Nantes”, in English and French.

Each language is a table of phrases, which `clauses` combines. The messages of refusals are in `resolvers/`: see
`resolvers/refusals.py`.
"""
