"""`carnet token create`, `list` and `revoke`: who may call from elsewhere, and as whom."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from resolvers import users
from schema.server.cli.running import console, in_transaction, refusals_told

tokens = typer.Typer(help="Tokens by which callers are known.", no_args_is_help=True)


@tokens.command("create")
def create(
    user: Annotated[str, typer.Option("--user", help="The user's id, written on everything they do.")],
    salesperson: Annotated[str | None, typer.Option(
        "--salesperson", help="Which salesperson they are, the default of their new drafts and segments; '' takes it away."
    )] = None,
) -> None:
    """Make one more token for a user. It is printed this once; keep it like a password."""
    with refusals_told():
        made = in_transaction(lambda work: users.create_token(work, user, salesperson_code=salesperson))
    own = f", salesperson {made.salesperson_code}" if made.salesperson_code else ""
    console.print(f"Token {made.id} of {made.user_id}{own}. Send it as `Authorization: Bearer …`; it is not shown again:")
    typer.echo(made.token)


@tokens.command("list")
def show() -> None:
    """Show every token, but for the secret itself."""
    listed = Table("Token", "User", "Salesperson", "Created", "Revoked")
    for token in in_transaction(users.tokens):
        listed.add_row(
            str(token.id), token.user_id, token.salesperson_code or "", f"{token.created_at:%Y-%m-%d %H:%M} UTC",
            f"{token.revoked_at:%Y-%m-%d %H:%M} UTC" if token.revoked_at else "",
        )
    Console().print(listed)


@tokens.command("revoke")
def revoke(token: Annotated[int, typer.Argument(help="The number of the token, as `carnet token list` shows it.")]) -> None:
    """Make a token useless, at once."""
    with refusals_told():
        revoked = in_transaction(lambda work: users.revoke_token(work, token))
    console.print(f"Token {revoked.id} of {revoked.user_id} is revoked.")
