"""Users and their tokens (K16)."""
