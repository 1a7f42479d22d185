"""hexroom head: the end of a campaign's hash chain, to be kept elsewhere."""

import click

from events.record.integrity import head_text
from web.cli.context import Tools, run


@click.command("head", short_help="Print the end of a campaign's hash chain.")
@click.argument("campaign")
def command(campaign: str) -> None:
    """Print the last version of CAMPAIGN and its hash as one word.

    Kept elsewhere, it shows later that nothing was cut off or written anew:
    hexroom verify CAMPAIGN --against HEAD
    """

    async def work(tools: Tools) -> None:
        chosen = await tools.record.campaign(campaign)
        click.echo(head_text(await tools.record.head(chosen.id)))

    run(work)
