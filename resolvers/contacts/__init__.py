"""Contacts: companies and people (A.2, R-CON). `rules` has all commands on contacts."""
