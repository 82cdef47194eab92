"""From a request to its response: parse, validate, plan, execute."""
