"""The marketing setup: settings of the whole company (A.5)."""
