"""`carnet token`: manages the bearer tokens of users on other machines."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from resolvers.users import rules as users
from schema.server.cli import messages
from schema.server.cli.output import print_message, printable
from schema.server.cli.running import in_transaction, report_refusals

tokens = typer.Typer(help="Create, list and revoke the tokens that identify users of the API.", no_args_is_help=True)


@tokens.command("create")
def create(
    user: Annotated[
        str, typer.Option("--user", help="The id of the user. Carnet records it with everything that the user changes.")
    ],
    salesperson: Annotated[
        str | None,
        typer.Option(
            "--salesperson",
            help="The code of the user's salesperson, the default of new drafts and segments. '' removes it.",
        ),
    ] = None,
) -> None:
    """Create another token for a user. It is printed only once; keep it secret."""
    with report_refusals():
        created = in_transaction(lambda work: users.create_token(work, user, salesperson_code=salesperson))
    salesperson_text = messages.TOKEN_SALESPERSON(code=created.salesperson_code) if created.salesperson_code else ""
    print_message(messages.TOKEN_CREATED(id=str(created.id), user=created.user_id, salesperson=salesperson_text))
    typer.echo(created.token)


@tokens.command("list")
def list_tokens() -> None:
    """List all tokens, without their secrets."""
    captions = (messages.TOKEN, messages.USER, messages.SALESPERSON, messages.CREATED_AT, messages.REVOKED_AT)
    table = Table(*(caption() for caption in captions))
    for token in in_transaction(users.tokens):
        cells = (
            str(token.id),
            token.user_id,
            token.salesperson_code or "",
            f"{token.created_at:%Y-%m-%d %H:%M} UTC",
            f"{token.revoked_at:%Y-%m-%d %H:%M} UTC" if token.revoked_at else "",
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    Console().print(table)


@tokens.command("revoke")
def revoke(
    token: Annotated[int, typer.Argument(help="The number of the token, as `carnet token list` shows it.")],
) -> None:
    """Revoke a token. It is refused from the next request on."""
    with report_refusals():
        revoked = in_transaction(lambda work: users.revoke_token(work, token))
    print_message(messages.TOKEN_REVOKED(id=str(revoked.id), user=revoked.user_id))
