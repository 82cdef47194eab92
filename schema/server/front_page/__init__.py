"""The front page: charts of interactions, postponed interactions and contacts, each from one GraphQL operation."""
