"""GraphQL over WebSockets: the protocol `graphql-transport-ws`."""
