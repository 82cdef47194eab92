"""What is wrong with a question, said to the one who asked."""

from graphql import GraphQLError


class BadUserInput(GraphQLError):
    """An argument that no answer can be given for. Nothing is executed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class NotPlannable(Exception):
    """This selection goes the ordinary way."""
