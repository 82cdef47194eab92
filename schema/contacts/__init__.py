"""Contacts: companies and their people."""
