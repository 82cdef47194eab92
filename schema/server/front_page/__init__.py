"""The front page: what happened, what is to be done, whom nobody talks to, as charts of GraphQL operations."""
