"""hexroom partition: cut the record's table into partitions, for very many rooms."""

import click
import psycopg

from events.journal.database.partition import MOST_PARTS, AlreadyCut, partition
from web.settings import Settings


@click.command("partition", short_help="Partition the table of the record.")
@click.option("--parts", default=16, type=click.IntRange(2, MOST_PARTS), show_default=True)
@click.confirmation_option(prompt="Rooms are unavailable until it is done. Go on?")
def command(parts: int) -> None:
    """Cut session_event into partitions by the hash of the campaign, once.

    All rooms wait until it is done, and it is done wholly or not at all.
    """
    url = Settings().database_url
    if url is None:
        raise click.ClickException("HEXROOM_DATABASE_URL names the database; ours needs no parts")
    try:
        moved = partition(url, parts)
    except (AlreadyCut, psycopg.Error) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{moved} rows are in {parts} partitions now")
