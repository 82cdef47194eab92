"""The door: HTTP, settings, command line, limits, GraphiQL."""
