"""Salespeople (A.3)."""
