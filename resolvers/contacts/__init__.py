"""Contacts: companies and persons (A.2, R-CON). `rules` has all commands on contacts."""
