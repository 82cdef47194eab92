"""The server: HTTP, authentication, settings, command line, limits, GraphiQL."""
