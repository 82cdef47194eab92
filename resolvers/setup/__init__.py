"""The marketing setup (A.5)."""
