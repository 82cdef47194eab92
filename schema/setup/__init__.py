"""The marketing setup, number series, and the current user."""
