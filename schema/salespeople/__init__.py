"""Salespeople."""
