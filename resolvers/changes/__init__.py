"""The change log of master data and setup."""
