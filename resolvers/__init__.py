"""The rules of Carnet, as plain synchronous functions over a `Work`, and the SQL of its filters and figures. Nothing
here depends on GraphQL or HTTP.
"""
