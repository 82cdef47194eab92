"""`carnet token create`, `list` and `revoke`: who may call from elsewhere, and as whom."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from resolvers.users import rules as users
from schema.server.cli import sentences
from schema.server.cli.output import say, visible
from schema.server.cli.running import in_transaction, report_refusals

tokens = typer.Typer(help="Tokens by which callers are known.", no_args_is_help=True)


@tokens.command("create")
def create(
    user: Annotated[str, typer.Option("--user", help="The user's id, written on everything they do.")],
    salesperson: Annotated[
        str | None,
        typer.Option(
            "--salesperson",
            help="Which salesperson they are, the default of their new drafts and segments; '' takes it away.",
        ),
    ] = None,
) -> None:
    """Make one more token for a user. It is printed this once; keep it like a password."""
    with report_refusals():
        made = in_transaction(lambda work: users.create_token(work, user, salesperson_code=salesperson))
    own = sentences.OWN_SALESPERSON(code=made.salesperson_code) if made.salesperson_code else ""
    say(sentences.TOKEN_MADE(id=str(made.id), user=made.user_id, own=own))
    typer.echo(made.token)


@tokens.command("list")
def show() -> None:
    """Show every token, but for the secret itself."""
    captions = (sentences.TOKEN, sentences.USER, sentences.SALESPERSON, sentences.MADE_AT, sentences.REVOKED_AT)
    listed = Table(*(caption() for caption in captions))
    for token in in_transaction(users.tokens):
        cells = (
            str(token.id),
            token.user_id,
            token.salesperson_code or "",
            f"{token.created_at:%Y-%m-%d %H:%M} UTC",
            f"{token.revoked_at:%Y-%m-%d %H:%M} UTC" if token.revoked_at else "",
        )
        listed.add_row(*(Text(visible(cell)) for cell in cells))
    Console().print(listed)


@tokens.command("revoke")
def revoke(
    token: Annotated[int, typer.Argument(help="The number of the token, as `carnet token list` shows it.")],
) -> None:
    """Make a token useless, at once."""
    with report_refusals():
        revoked = in_transaction(lambda work: users.revoke_token(work, token))
    say(sentences.TOKEN_REVOKED(id=str(revoked.id), user=revoked.user_id))
