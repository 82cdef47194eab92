"""Sums and averages over the log."""
