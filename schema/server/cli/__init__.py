"""The command line: `carnet serve`, `migrate`, `demo`, `import`, `log-segment`, `token`, `schema`."""

import gc
import socket
from typing import Annotated

import typer
import uvicorn

from persistence import versions
from persistence.database import Database
from resolvers import demo
from schema.graph import schema as graph
from schema.server import logs
from schema.server.app import create_app
from schema.server.auth import is_here
from schema.server.cli import running
from schema.server.cli.data import imports
from schema.server.cli.logging import log_segment
from schema.server.cli.running import console, stop
from schema.server.cli.tokens import tokens
from schema.server.settings import Settings

app = typer.Typer(help="Carnet, the interaction log of a CRM. Settings come from CARNET_… in the environment.",
                  no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(imports, name="import")
app.add_typer(tokens, name="token")
app.command("log-segment")(log_segment)


@app.command()
def serve(
    with_demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database with the demo company first.")] = False,
) -> None:
    """Serve the API and GraphiQL. An empty database gets its tables, an old one is refused."""
    settings = running.settings()
    with running.refusals_told():
        running.run(_prepare(settings, with_demo))
    _check_port(settings)
    logs.configure(settings.log_json)
    console.print(f"Carnet is at http://{settings.host}:{settings.port}/graphql – stop it with Ctrl-C.")
    if not is_here(settings.host) and settings.host != "localhost":
        console.print("Callers on other machines need a token: `carnet token create --user …`.")
    carnet = create_app(settings)
    gc.freeze()  # what is there now stays: searching it for garbage would hold every request up for a tenth of a second
    uvicorn.run(
        carnet, host=settings.host, port=settings.port, access_log=False, log_level="warning",
        timeout_graceful_shutdown=10, server_header=False, proxy_headers=False,
    )


@app.command()
def migrate() -> None:
    """Create the tables, or bring old ones up to date."""

    async def change() -> None:
        async with running.database() as database:
            with running.bar() as progress:
                await versions.migrate(database, progress)
            console.print(f"The database has version {await versions.current(database)} of Carnet's tables.")

    running.run(change())


@app.command("demo")
def load_demo() -> None:
    """Load the demo company, Atelier Boréal, into an empty database."""

    async def load() -> None:
        async with running.database() as database:
            if await versions.current(database) is None:
                await versions.migrate(database)
            await _load_demo(database)

    with running.refusals_told():
        running.run(load())


@app.command("schema")
def print_schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(graph.as_str())


def main() -> None:
    """The entry point of `carnet`."""
    app()


async def _prepare(settings: Settings, with_demo: bool) -> None:
    async with Database.at(settings.database_url, pool_size=settings.pool_size) as database:
        if await versions.current(database) is not None:
            await versions.check(database)
            return
        await versions.migrate(database)
        if with_demo:
            await _load_demo(database)


async def _load_demo(database: Database) -> None:
    with running.bar() as progress:
        loaded = await database.writing(lambda session: demo.load(running.work(session), progress))
    console.print(
        f"Atelier Boréal is there: {loaded.contacts} contacts, {loaded.entries} interactions, {loaded.postponed} postponed, "
        f"{loaded.segments} open and {loaded.logged_segments} logged segments."
    )


def _check_port(settings: Settings) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            stop(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set CARNET_PORT to another port.")
