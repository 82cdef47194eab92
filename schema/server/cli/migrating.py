"""Creates the tables of a database, or migrates them."""

from contextlib import nullcontext

from persistence import versions
from resolvers.progress import Progress
from schema.server.cli import after_interrupt, running, time_zones
from schema.server.cli.backups import back_up_before_migration
from schema.server.cli.output import print_message
from schema.server.cli.texts import database_messages


def migrate_database(
    time_zone: str | None, *, creates: bool, with_backup: bool, progress: Progress | None = None
) -> None:
    """Migrate the database of the command, and print what was done. A missing file is created only if `creates` is
    true. With a backup, an SQLite file with older tables is copied first.
    """
    bars = running.progress_bars() if progress is None else nullcontext(progress)

    async def change() -> None:
        async with running.database(creates=creates) as database:
            await versions.check_supported(database)
            with bars as shown:
                await versions.migrate_rows_in_batches(database, shown)
            await time_zones.make_tables(database, time_zone)
            print_message(
                database_messages.MIGRATED(place=after_interrupt.database_name(), have=await versions.current(database))
            )

    if with_backup:
        back_up_before_migration(progress)
    running.run(change())
