"""`carnet token`: manages the bearer tokens of users on other machines."""

from collections.abc import Sequence
from typing import Annotated

import typer

from persistence.enums import Role
from resolvers.users import rules as users
from schema.server.cli.output import minute_in_utc, print_message, print_table
from schema.server.cli.running import in_transaction, report_refusals
from schema.server.cli.texts import messages

tokens = typer.Typer(help="Create, list and revoke the tokens that identify users of the API.", no_args_is_help=True)


@tokens.command("create")
def create(
    user: Annotated[
        str, typer.Option("--user", help="The id of the user. Carnet records it with everything that the user changes.")
    ],
    role: Annotated[
        list[Role] | None,
        typer.Option(
            "--role",
            case_sensitive=False,
            help="What the token may do. May be given several times. Default: reader, which changes nothing.",
        ),
    ] = None,
    salesperson: Annotated[
        str | None,
        typer.Option(
            "--salesperson",
            help="The code of the user's salesperson, proposed in new drafts and segments. '' removes it. The role "
            "salesperson needs one.",
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires",
            metavar="WHEN",
            help="The last day on which the token is valid, such as 2027-01-31 in the company's time zone, or how many "
            "days or hours it is valid, such as 90d or 12h. Default: it does not expire.",
        ),
    ] = None,
) -> None:
    """Create another token for a user. It is printed only once; keep it secret."""
    roles = role or users.DEFAULT_ROLES
    with report_refusals():
        created = in_transaction(
            lambda work: users.create_token(work, user, salesperson_code=salesperson, roles=roles, expires=expires)
        )
    print_message(
        messages.TOKEN_CREATED(
            id=str(created.id),
            user=created.user_id,
            roles=messages.TOKEN_ROLE(roles=_names(created.roles)),
            salesperson=messages.TOKEN_SALESPERSON(code=created.salesperson_code) if created.salesperson_code else "",
            expiry=messages.TOKEN_EXPIRES(time=minute_in_utc(created.expires_at)) if created.expires_at else "",
        )
    )
    if role is None:
        print_message(messages.TOKEN_READS_ONLY())
    typer.echo(created.token)


@tokens.command("list")
def list_tokens() -> None:
    """List all tokens, without their secrets."""
    captions = (
        messages.TOKEN,
        messages.USER,
        messages.ROLES,
        messages.SALESPERSON,
        messages.CREATED_AT,
        messages.EXPIRES_AT,
        messages.REVOKED_AT,
    )
    rows = (
        (
            str(token.id),
            token.user_id,
            _names(token.roles),
            token.salesperson_code or "",
            minute_in_utc(token.created_at),
            messages.EXPIRED(time=minute_in_utc(token.expires_at))
            if token.expired
            else minute_in_utc(token.expires_at),
            minute_in_utc(token.revoked_at),
        )
        for token in in_transaction(users.tokens)
    )
    print_table([caption() for caption in captions], rows)


@tokens.command("revoke")
def revoke(
    token: Annotated[int, typer.Argument(help="The number of the token, as `carnet token list` shows it.")],
) -> None:
    """Revoke a token. Running servers refuse it within 5 seconds."""
    with report_refusals():
        revoked = in_transaction(lambda work: users.revoke_token(work, token))
    print_message(messages.TOKEN_REVOKED(id=str(revoked.id), user=revoked.user_id))


def _names(roles: Sequence[Role]) -> str:
    return ", ".join(roles)
