"""hexroom settings: the settings as they are in force."""

import click
from pydantic import ValidationError

from web.cli.context import Exit, Failure
from web.settings import Settings, in_force


@click.command("settings", short_help="Print the settings in force.")
def command() -> None:
    """Print each setting with its value, as a server started from this shell would have it.

    Of values that hold a password or a key it is only said that they are set.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise Failure(f"the settings are wrong: {error}", Exit.USAGE) from None
    for name, value, _ in in_force(settings):
        click.echo(f"{name}={value}")
