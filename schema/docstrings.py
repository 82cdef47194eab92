"""Descriptions of GraphQL types, taken from the docstrings of their classes."""

import inspect


def description_of(cls: type) -> str:
    """The docstring of a class as a GraphQL description: the lines of a paragraph are joined."""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in paragraphs)
