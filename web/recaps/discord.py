"""A recap as a Discord message: a summary, the link and the animated map."""

from typing import Final

from events.core.messages import JsonObject
from events.replay.timeline import time_word
from events.report.recap import Recap, plain

TITLE_CHARS: Final = 250
TEXT_CHARS: Final = 3_800
"""Of the list of what happened; Discord takes 4 096."""
PICTURE: Final = "recap.gif"
MOST_PICTURE_BYTES: Final = 8_000_000
"""What Discord takes from anybody; a larger picture is left out."""

_COLOUR: Final = 0xF2B84B


def message(of: Recap, link: str, *, picture: bool = False) -> JsonObject:
    """Return the recap for a webhook; picture: that a file of that name comes along."""
    embed: JsonObject = {
        "title": _cut(f"{plain(of.campaign)}: {plain(of.session)}", TITLE_CHARS),
        "url": link,
        "description": _text(of, link),
        "color": _COLOUR,
        "footer": {"text": _cut(f"For {of.audience}", TITLE_CHARS)},
    }
    if of.lines:
        embed["timestamp"] = time_word(of.lines[-1].at)
    if picture:
        embed["image"] = {"url": f"attachment://{PICTURE}"}
    content = f"**{plain(of.campaign)}**: {plain(of.session)} is over. Watch it again: <{link}>"
    return _quiet(_cut(content, 1_900), embed)


def trial(campaign: str) -> JsonObject:
    """Return the message by which a DM tries a webhook."""
    content = f"**{plain(campaign)}**: this is a test. Recaps will be posted here."
    return _quiet(_cut(content, 1_900))


def _quiet(content: str, *embeds: JsonObject) -> JsonObject:
    # Whatever a name holds, nobody is called by it.
    return {"content": content, "embeds": list(embeds), "allowed_mentions": {"parse": []}}


def _text(of: Recap, link: str) -> str:
    if not of.lines:
        return "Nothing happened that this audience knows of."
    lines = [f"{of.new_hexes} hexes are new on the map.", ""]
    room = TEXT_CHARS - sum(len(line) + 1 for line in lines)
    for number, line in enumerate(of.lines):
        text = _cut(f"- {line.at:%H:%M} {plain(line.what)}", 400)
        room -= len(text) + 1
        if room < 0:
            more = len(of.lines) - number
            lines.append(f"… and {more} more: [all of it]({link})")
            break
        lines.append(text)
    return "\n".join(lines)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
