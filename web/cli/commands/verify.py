"""hexroom verify: whether a record was changed since it was written."""

import sys

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from events.journal.chain import Fault, Head
from events.record.integrity import BadHead, SealedAnew, head_of, head_text, prove
from events.record.reader import Campaign
from web.cli.context import Exit, Failure, Tools, notes, run


class HeadParam(click.ParamType[Head]):
    name = "head"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Head:
        try:
            return head_of(str(value))
        except BadHead as error:
            self.fail(str(error), param, ctx)


@click.command("verify", short_help="Check the hash chain of a campaign.")
@click.argument("campaign", required=False)
@click.option("--all", "all_", is_flag=True, help="Check all campaigns.")
@click.option(
    "--against", type=HeadParam(), help="A head that was kept; also finds rows missing at the end."
)
def command(campaign: str | None, all_: bool, against: Head | None) -> None:
    """Check that nothing in the record of CAMPAIGN was changed, removed, inserted or reordered.

    The first event that does not hold is named, and the exit code is 4. It is 1 where the record holds,
    and the head is of the time before names were taken out of it.
    """
    if (campaign is None) != all_:
        raise click.UsageError("either a campaign or --all")
    if all_ and against is not None:
        raise click.UsageError("a head belongs to one campaign")

    async def work(tools: Tools) -> None:
        record = tools.record
        of = await record.campaigns() if campaign is None else [await record.campaign(campaign)]
        damaged = 0
        for each in of:
            result = await _walk(tools, each, against)
            if isinstance(result, SealedAnew):
                raise Failure(f"{each.name} ({each.id}): {result.why}", Exit.FAILED)
            if isinstance(result, Fault):
                damaged += 1
                click.echo(f"{each.name} ({each.id}): DAMAGED at {result}")
            else:
                click.echo(f"{each.name} ({each.id}): holds, {head_text(result)}")
        if damaged:
            sys.exit(Exit.DAMAGED)

    run(work)


async def _walk(tools: Tools, campaign: Campaign, against: Head | None) -> Head | Fault:
    last = (await tools.record.head(campaign.id)).version
    with Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=notes(), transient=True, disable=not sys.stderr.isatty(),
    ) as progress:  # fmt: skip
        task = progress.add_task(campaign.name, total=last)
        return await prove(
            tools.journal,
            campaign.id,
            last,
            against,
            lambda version: progress.update(task, completed=version),
        )
