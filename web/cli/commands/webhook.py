"""hexroom webhook: where a campaign's recaps are posted when a session ends."""

import sys
from dataclasses import replace

import click

from actors.runtime.clock import SystemClock
from events.core.state import RoomId
from events.record.reader import Campaign
from web.cli.context import Exit, Failure, Tools, run
from web.images.campaign_files import Pictures
from web.recaps.webhook_routes import BadAudience, check_audience
from web.recaps.webhook_sender import RecapPoster
from web.recaps.webhook_store import PLAYERS, Hook, Hooks
from web.recaps.webhook_url import BadHookUrl, Permitted, hook_url, masked
from web.settings import Settings


@click.command("webhook", short_help="Post recaps to a webhook when sessions end.")
@click.argument("campaign")
@click.option("--url", help="The URL of a Discord webhook; - reads it from standard input.")
@click.option(
    "--as",
    "as_",
    metavar="USER|players|dm",
    help="The audience: a member's id, players (what all of them may know), or dm. Default: players.",
)
@click.option("--picture/--no-picture", default=None, help="Whether to attach an animated map.")
@click.option("--test", "test", is_flag=True, help="Post a test message now.")
@click.option("--off", is_flag=True, help="Forget the webhook.")
def command(
    campaign: str, url: str | None, as_: str | None, picture: bool | None, test: bool, off: bool
) -> None:
    """Post the recap of each session of CAMPAIGN to a webhook when it ends.

    Without options it shows what is set, and what became of the last recap. The address is a
    secret: it is never shown again, and - keeps it out of the shell's history.
    """
    if off and (url or as_ or test or picture is not None):
        raise click.UsageError("--off goes alone")

    async def work(tools: Tools) -> None:
        settings = Settings()
        hooks, permitted = Hooks(tools.database.pool), Permitted(settings.webhook_hosts)
        chosen = await tools.record.campaign(campaign)
        if off:
            await hooks.remove(chosen.id)
        elif url is not None or as_ is not None or picture is not None:
            stored = await hooks.of(chosen.id)
            hook = _changed(stored, url, as_, picture, settings)
            try:
                hook_url(hook.url, permitted)
                await check_audience(tools.record, chosen.id, hook.audience)
            except (BadHookUrl, BadAudience) as error:
                raise click.UsageError(str(error)) from None
            await hooks.set(chosen.id, hook, SystemClock().now())
        if test:
            pictures = Pictures(settings.pictures)
            poster = RecapPoster(hooks, tools.record, pictures, SystemClock(), permitted)
            await _try_out(poster, hooks, chosen)
        await _show(hooks, chosen.id)

    run(work)


def _changed(
    hook: Hook | None, url: str | None, as_: str | None, picture: bool | None, settings: Settings
) -> Hook:
    """Return the webhook that is set with what the options change of it."""
    if url == "-":
        url = sys.stdin.readline().strip()
    if hook is None:
        if url is None:
            raise click.UsageError("no webhook is set: name one with --url")
        hook = Hook(url, PLAYERS, True, f"http://{settings.host}:{settings.port}")
    return replace(
        hook,
        url=hook.url if url is None else url,
        audience=as_ or hook.audience,
        picture=hook.picture if picture is None else picture,
        origin=settings.public_url or hook.origin,
    )


async def _try_out(poster: RecapPoster, hooks: Hooks, campaign: Campaign) -> None:
    hook = await hooks.of(campaign.id)
    if hook is None:
        raise Failure("no webhook is set", Exit.NOT_FOUND)
    answered = await poster.try_out(hook, campaign.name)
    if not answered.taken:
        raise Failure(f"the test did not arrive: {answered.why}", Exit.FAILED)
    click.echo("the test arrived")


async def _show(hooks: Hooks, room: RoomId) -> None:
    hook, last = await hooks.of(room), await hooks.last(room)
    if hook is None:
        click.echo("no webhook is set")
    else:
        picture = "with the map" if hook.picture else "without a map"
        click.echo(f"{masked(hook.url)} for {hook.audience}, {picture}")
    if last is not None:
        why = f": {last.why}" if last.why else ""
        click.echo(f"session {last.session}: {last.state}, {last.at:%d %b %Y %H:%M} UTC{why}")
