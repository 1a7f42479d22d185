"""One scene of the demo, pictured as each of those who look at it sees it: for the README and the docs.

``python -m tests.support.scene_pictures`` writes ``docs/images/scene-*.webp`` anew: the DM's table in
three looks, live and staged, a player's on a desk and on a phone, the big screen, the replay, the recap and the export.
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser

from events.geometry.grid import Hex, disc
from events.journal.database.embedded import EmbeddedPostgres
from tests.support.browsers import Seat, Served, chromium, sit_down, stage, start_session

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
LOOKS: Final = ("atlas", "ink", "night")
DESK: Final = {"width": 1440, "height": 900}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
QUALITY: Final = 86
PAPER: Final = "#f3ead2"


def at(label: str) -> str:
    """Return the key of the hex that the demo's map calls by column and row."""
    column, row = int(label[:2]) - 1, int(label[2:]) - 1
    return f"{column},{row - column // 2}"


def around(label: str, radius: int) -> list[str]:
    return [str(each) for each in disc(Hex.parse(at(label)), radius)]


ROAD: Final = (
    "1613",
    "1714",
    "1813",
    "1913",
    "2012",
    "2111",
    "2010",
    "1909",
    "1809",
    "1708",
    "1608",
)
RING: Final = "-150,-90 -40,-150 90,-140 190,-60 200,40 110,120 -30,130 -150,70 -190,-20 -140,-100"
GOBLINS: Final = ("1709", "1710", "1711", "1809", "1810", "1910", "1911")


def main(folder: Path = FOLDER) -> None:
    """Play the scene in a server of its own, and write its pictures."""
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        # PostgreSQL does not run as root, and whoever runs it then has to enter.
        Path(data).chmod(0o755)
        postgres = EmbeddedPostgres(Path(data))
        postgres.start()
        served = Served(postgres.url, Path(data))
        try:
            served.start()
            Scene(served, browser, folder).play()
        finally:
            served.stop()
            postgres.stop()


class Scene:
    """The party on the road to the coast, and what waits for them."""

    def __init__(self, served: Served, browser: Browser, folder: Path) -> None:
        self._served, self._browser, self._folder = served, browser, folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._dm = self._seat("dm", viewport=DESK, color_scheme="light")

    def play(self) -> None:
        dm = self._dm
        start_session(dm)
        finn = self._seat("player", viewport=DESK, color_scheme="light")
        bren = sit_down(dm, self._browser, "Bren")
        wren = sit_down(dm, self._browser, "Wren")
        self._on_the_road(finn, bren, wren)
        self._close_up(finn)
        self._picture(finn, "player")
        phone = self._seat("player", color_scheme="dark", **PHONE)
        phone.until("hexroom.table.room.get().status === 'active'")
        phone.page.evaluate("(key) => hexroom.scene.goTo(key)", at("1811"))
        self._picture(phone, "phone")
        self._looks("dm")
        stage(dm)
        self._ambush()
        self._looks("staged")
        dm.page.evaluate("() => hexroom.table.commands.publish()")
        finn.until("Object.values(hexroom.table.room.get().tokens).length > 8")
        self._screen()
        self._written()

    def _on_the_road(self, finn: Seat, bren: Seat, wren: Seat) -> None:
        """The party goes along the road, which is revealed to them; two of them draw and pin."""
        dm = self._dm
        seen = sorted({key for label in ROAD for key in around(label, 1)} | set(around("2111", 2)))
        self._do(dm, "reveal", seen, "all")
        self._do(dm, "reveal", around("1407", 1), "all", "terrain")
        party = (("Bren", bren, "2110", "#3f7a4a"), ("Wren", wren, "2009", "#7a4ea3"))
        for name, seat, label, color in party:
            owner = seat.room("room.userId")
            token = {"tokenId": f"token-{name.lower()}", "hexKey": at(label), "label": name}
            self._do(
                dm, "createToken", {**token, "color": color, "ownerId": owner, "tokenType": "pc"}
            )
        self._do(dm, "moveToken", "token-finn", at("2010"))
        self._do(dm, "moveToken", "token-isa", at("2012"))
        self._do(wren, "drawStroke", drawn("1711", "red", RING))
        self._do(bren, "setPin", at("2111"), "The innkeeper waters the beer", party=True)
        self._settled(finn)

    def _ambush(self) -> None:
        """What waits to be published: seven goblins, a flooded meadow, a trail."""
        dm = self._dm
        for number, label in enumerate(GOBLINS, 1):
            token = {
                "tokenId": f"goblin-{number}",
                "hexKey": at(label),
                "label": f"Goblin {number}",
            }
            self._do(dm, "createToken", {**token, "color": "#6b8f3a", "tokenType": "npc"})
        flooded = [
            {"key": at(label), "terrain": "swamp"} for label in ("1412", "1513", "1413", "1414")
        ]
        self._do(dm, "paint", flooded)
        self._do(dm, "reveal", around("1810", 2), "all")
        self._do(dm, "revealPath", "trail-smugglers", "all")

    def _looks(self, name: str) -> None:
        """Picture the DM's table in each look of the map, the dark one on a dark page."""
        dm = self._dm
        for look in LOOKS:
            self._do(dm, "settings", {"mapLook": look})
            dm.page.emulate_media(color_scheme="dark" if look == "night" else "light")
            dm.until(f"hexroom.table.room.get().settings.mapLook === '{look}'")
            self._close_up(dm)
            self._picture(dm, f"{name}-{look}")
        self._do(dm, "settings", {"mapLook": "atlas"})
        dm.page.emulate_media(color_scheme="light")

    def _close_up(self, seat: Seat) -> None:
        seat.page.evaluate("(keys) => hexroom.scene.frame(keys)", [at("1107"), at("2213")])

    def _screen(self) -> None:
        screen = self._seat("player", viewport=DESK, color_scheme="dark", view="table")
        self._picture(screen, "screen")

    def _written(self) -> None:
        """Picture what is taken along: the recap of the session, and the map as a file."""
        dm = self._dm
        campaign = dm.room("hexroom.table.campaignId")
        api = f"{self._served.origin}/api"
        self._do(dm, "end")
        self._replayed()
        exported = dm.context.request.get(f"{api}/campaigns/{campaign}/map/export?format=png")
        self._write("export", exported.body(), longest=1440)
        sessions = dm.context.request.get(f"{api}/campaigns/{campaign}/sessions").json()["sessions"]
        session = max(sessions, key=lambda each: str(each["startedAt"]))["id"]
        recap = dm.context.request.get(
            f"{api}/sessions/{session}/recap?format=html&as=players"
        ).text()
        page = self._browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
        page.set_content(recap)
        self._write("recap", page.screenshot())

    def _replayed(self) -> None:
        """Picture the end of the session in its replay."""
        dm = self._dm
        dm.page.evaluate("() => hexroom.table.sessions()")
        dm.page.get_by_role("dialog").get_by_role("button", name="Watch").first.click()
        moment = dm.replay_start()
        moment.press("End")
        dm.until("Object.values(hexroom.table.now().tokens).length > 8")
        self._close_up(dm)
        self._picture(dm, "replay")
        dm.page.keyboard.press("Escape")

    def _seat(self, role: str, view: str = "", **context: Any) -> Seat:
        seat = Seat(self._browser, painted=True, **context)
        seat.open(self._served.links[role])
        if view:
            seat.page.goto(f"{seat.page.url}?view={view}")
            seat.until("hexroom.table.room.get().ready")
        return seat

    def _do(self, seat: Seat, command: str, *args: Any, **named: Any) -> None:
        values = [*args, *named.values()]
        seat.page.evaluate(
            "([name, values]) => hexroom.table.commands[name](...values)", [command, values]
        )

    def _settled(self, seat: Seat) -> None:
        seat.page.evaluate(
            "() => document.querySelectorAll('#toasts [aria-label=Dismiss]').forEach((each) => each.click())"
        )
        seat.page.mouse.move(1, 1)
        seat.until("hexroom.scene.resting()")

    def _picture(self, seat: Seat, name: str) -> None:
        self._settled(seat)
        self._write(name, seat.page.screenshot())

    def _write(self, name: str, png: bytes, longest: int = 0) -> None:
        image = Image.open(io.BytesIO(png)).convert("RGBA")
        # Around its hexes an exported map is transparent.
        image = Image.alpha_composite(Image.new("RGBA", image.size, PAPER), image).convert("RGB")
        if longest:
            image.thumbnail((longest, longest))
        file = self._folder / f"scene-{name}.webp"
        image.save(file, "WEBP", quality=QUALITY, method=6)
        print(file)


def drawn(label: str, color: str, points: str) -> dict[str, Any]:
    """Return a line for the party, as the page sends it."""
    return {"hexKey": at(label), "points": points, "color": color, "party": True}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
