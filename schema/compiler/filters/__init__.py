"""Compiles filters to SQL conditions, and limits them."""
