"""What it means: rules as plain synchronous functions over a `Work`. Knows neither GraphQL nor HTTP."""
