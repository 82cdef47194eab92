"""The change log of master data and the marketing setup."""
