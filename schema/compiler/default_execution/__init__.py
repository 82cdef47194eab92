"""Default execution: resolvers that read the declarations of fields value by value."""
