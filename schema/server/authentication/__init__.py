"""Who sends a request: access tokens, JSON Web Tokens, and the keys of their issuer."""
