"""hexroom serve: the server, until it is told to stop."""

import click
from pydantic import ValidationError

from web.settings import PREFIX, Settings, table


class _WithSettings(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Settings, from the environment"):
            rows = [
                (name, f"{meaning} [{default}]" if default else meaning)
                for name, default, meaning in table()
            ]
            formatter.write_dl(rows, col_max=40)


@click.command("serve", cls=_WithSettings, short_help="Start the server.")
@click.option(
    "--workers",
    default="1",
    metavar="N|auto",
    help="Processes that share the port, each a node of its own; auto: one per core.",
)
def command(workers: str) -> None:
    """Start the server, and its own PostgreSQL where no database is named.

    SIGTERM and Ctrl-C stop it in an orderly way: what was accepted is committed and answered.
    """
    from web.server import serve
    from web.workers import count_of, serve_many

    try:
        settings = Settings()
    except ValidationError as error:
        raise click.ClickException(_worded(error)) from None
    try:
        count = count_of(workers)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--workers") from None
    raise SystemExit(serve(settings) if count == 1 else serve_many(settings, count))


def _worded(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "\n".join(f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in faults)
