"""The picture under the grid on the page: what lay there then, and what is undone."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.web.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AT = "20,-4"

COLOUR = """([x, y]) => {
    const box = hexroom.scene.host.getBoundingClientRect();
    const seen = document.createElement("canvas").getContext("2d");
    for (const canvas of document.querySelectorAll("#map canvas")) {
        const s = canvas.width / box.width;
        seen.drawImage(canvas, (x - box.left) * s, (y - box.top) * s, 1, 1, 0, 0, 1, 1);
    }
    const [r, g, b] = seen.getImageData(0, 0, 1, 1).data;
    return r > 2 * b && r > 2 * g ? "red" : b > 2 * r && b > 2 * g ? "blue" : "neither";
}"""

ALIGNED = """(id) => {
    const { picture } = hexroom.table.shown.get().get();
    return picture?.id === id && picture.alignment.scale === 4;
}"""

SEEN = """(key) => {
    const [q, r] = key.split(",").map(Number);
    return hexroom.table.now().shown.at(q, r) === "full";
}"""


def lay(dm: Seat, origin: str, colour: str) -> None:
    """Lay a picture of one colour under all of the map."""
    file = io.BytesIO()
    Image.new("RGB", (1000, 1000), colour).save(file, "PNG")
    path = (
        f"{origin}/api/campaigns/{dm.page.evaluate('() => hexroom.table.campaignId')}/map/picture"
    )
    alignment = {"x": -200, "y": -200, "scale": 4, "rotation": 0}
    for to, data in ((path, file.getvalue()), (f"{path}/alignment", alignment)):
        answer = dm.context.request.put(to, data=data, headers={"Origin": origin})
        assert answer.ok, answer.text()


def colour(seat: Seat) -> str:
    """Return what the hex looks like once all has come."""
    seat.page.mouse.move(1, 1)
    seat.until("hexroom.scene.resting()")
    seat.until("!hexroom.scene.under()?.get() || hexroom.scene.under().loaded()")
    seat.until("hexroom.scene.resting()")
    return str(seat.page.evaluate(COLOUR, seat.at(AT)))


def test_undo_shows_the_picture_before_and_a_replay_that_of_then(
    served: Served, browser: Browser
) -> None:
    player = Seat(browser).open(served.links["player"])
    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_role("button", name="Start a new session").click()
    dm.until("hexroom.table.room.get().status === 'active'")
    dm.page.evaluate("(at) => hexroom.table.commands.reveal([at], 'all')", AT)
    lay(dm, served.origin, "red")
    player.until("hexroom.scene.under()?.get()?.alignment.scale === 4")
    assert (colour(dm), colour(player)) == ("red", "red")
    first = dm.room("room.picture.id")

    lay(dm, served.origin, "blue")
    player.until(f"hexroom.table.room.get().picture.id !== '{first}'")
    assert (colour(dm), colour(player)) == ("blue", "blue")

    dm.page.keyboard.press("Control+z")
    player.until(f"hexroom.scene.under().get().id === '{first}'")
    assert (colour(dm), colour(player)) == ("red", "red")

    dm.page.keyboard.press("Control+Shift+z")
    player.until(f"hexroom.scene.under().get().id !== '{first}'")
    dm.page.evaluate("() => hexroom.table.commands.end()")
    dm.until("hexroom.table.room.get().status === 'ended'")
    session = dm.room("room.sessionId")
    dm.page.evaluate("(id) => hexroom.table.replay(id)", session)
    dm.replay_start()
    # Laid first, aligned a moment later: the second moment is the one looked for.
    while not dm.page.evaluate(ALIGNED, first):
        dm.replay_step()
    assert colour(dm) == "red"
    dm.page.get_by_role("button", name="Back to the table").click()
    assert colour(dm) == "blue"
    assert dm.wrong == player.wrong == []


def test_a_player_sees_again_what_of_the_picture_they_saw_then(
    served: Served, browser: Browser
) -> None:
    player = Seat(browser).open(served.links["player"])
    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_role("button", name="Start a new session").click()
    dm.until("hexroom.table.room.get().status === 'active'")
    lay(dm, served.origin, "red")
    for command in ("reveal([at], 'all')", "hide([at], 'all')", "end()"):
        dm.page.evaluate(f"(at) => hexroom.table.commands.{command}", AT)
    player.until("hexroom.table.room.get().status === 'ended'")
    session, them = dm.room("room.sessionId"), player.room("room.userId")

    for seat, eyes in ((player, ""), (dm, them)):
        seat.page.evaluate("([id, as]) => hexroom.table.replay(id, as)", [session, eyes])
        seat.replay_start()
        assert colour(seat) == "neither"
        while not seat.page.evaluate(SEEN, AT):
            seat.replay_step()
        assert colour(seat) == "red"
        seat.replay_step()
        assert colour(seat) == "neither"
        seat.page.get_by_role("button", name="Back to the table").click()
        assert colour(seat) == ("neither" if seat is player else "red")
    assert dm.wrong == player.wrong == []
