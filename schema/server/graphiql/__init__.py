"""GraphiQL, without access to the internet, with examples for the demo company."""
