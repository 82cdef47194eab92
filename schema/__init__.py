"""The API: GraphQL types, inputs, queries and mutations, and the HTTP server. The only layer that knows GraphQL and
HTTP.
"""
