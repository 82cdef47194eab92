"""Turns a request into a response: parse, validate, plan, execute."""
