"""GraphQL documents: their limits, and those that the server trusts."""
