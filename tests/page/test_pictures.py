"""The picture under the grid on the page: what lay there then, and what is undone."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route

from tests.support.browsers import Seat, Served, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AT = "20,-4"
ALIGNMENT = {"x": -200, "y": -200, "scale": 4, "rotation": 0}

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


CLEAR = """async () => {
    const room = hexroom.table.room.get();
    for (const kind of ["path", "site", "region", "label"])
        for (const id of Object.keys(room[`${kind}s`]))
            await hexroom.table.commands.ask(`${kind}:delete`, { [`${kind}Id`]: id });
}"""


def clear_the_land(dm: Seat) -> None:
    """Take away what the demo has on its map: some of it lies where pixels are looked at."""
    dm.page.evaluate(CLEAR)


def lay(dm: Seat, origin: str, colour: str) -> str:
    """Lay a picture of one colour under all of the map; return its id."""
    file = io.BytesIO()
    Image.new("RGB", (1000, 1000), colour).save(file, "PNG")
    put(dm, origin, "picture", file.getvalue())
    return align(dm, origin)


def align(dm: Seat, origin: str, **otherwise: float) -> str:
    """Let the picture that is there lie as the tests have it, or otherwise; return its id."""
    return str(put(dm, origin, "picture/alignment", {**ALIGNMENT, **otherwise})["id"])


def put(dm: Seat, origin: str, what: str, data: Any) -> Any:
    campaign = dm.page.evaluate("() => hexroom.table.campaignId")
    path = f"{origin}/api/campaigns/{campaign}/map/{what}"
    answer = dm.context.request.put(path, data=data, headers={"Origin": origin})
    assert answer.ok, answer.text()
    return answer.json()


def colour(seat: Seat, picture: str = "") -> str:
    """Return what the hex looks like once this picture, if any, lies under it, and all has come."""
    seat.page.mouse.move(1, 1)
    if picture:
        seat.until(f"hexroom.scene.under().get().id === '{picture}'")
        seat.until("hexroom.scene.under().get().alignment.scale === 4")
    seat.until("hexroom.scene.resting()")
    seat.until("!hexroom.scene.under()?.get() || hexroom.scene.under().loaded()")
    seat.until("hexroom.scene.resting()")
    return str(seat.page.evaluate(COLOUR, seat.at(AT)))


def test_an_answer_that_was_overtaken_does_not_move_the_picture_back(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    start_session(dm)
    held: list[Route] = []
    picture = lay(dm, served.origin, "red")
    dm.until("hexroom.scene.under().get().alignment.scale === 4")
    dm.page.route("**/map/picture", lambda route: held.append(route))
    asked = "() => { hexroom.asked = hexroom.table.picture(); }"
    with dm.page.expect_request("**/map/picture"):
        dm.page.evaluate(asked)
    align(dm, served.origin, scale=2)
    dm.until("hexroom.scene.under().get().alignment.scale === 2")

    before = {"id": picture, "width": 1000, "height": 1000, "alignment": ALIGNMENT}
    held[0].fulfill(json={**before, "deepest": 2})
    dm.page.evaluate("() => hexroom.asked")

    dm.until("hexroom.scene.under().get().alignment.scale === 2")


def test_undo_shows_the_picture_before_and_a_replay_that_of_then(
    served: Served, browser: Browser
) -> None:
    player = Seat(browser).open(served.links["player"])
    dm = Seat(browser).open(served.links["dm"])
    clear_the_land(dm)
    start_session(dm)
    dm.page.evaluate("(at) => hexroom.table.commands.reveal([at], 'all')", AT)
    red = lay(dm, served.origin, "red")
    assert (colour(dm, red), colour(player, red)) == ("red", "red")

    blue = lay(dm, served.origin, "blue")
    assert (colour(dm, blue), colour(player, blue)) == ("blue", "blue")

    dm.page.keyboard.press("Control+z")
    assert (colour(dm, red), colour(player, red)) == ("red", "red")

    dm.page.keyboard.press("Control+Shift+z")
    assert (colour(dm, blue), colour(player, blue)) == ("blue", "blue")
    dm.page.evaluate("() => hexroom.table.commands.end()")
    dm.until("hexroom.table.room.get().status === 'ended'")
    session = dm.room("room.sessionId")
    dm.page.evaluate("(id) => hexroom.table.replay(id)", session)
    dm.replay_start()
    # Laid first, aligned a moment later: the second moment is the one looked for.
    while not dm.page.evaluate(ALIGNED, red):
        dm.replay_step()
    assert colour(dm, red) == "red"
    dm.page.get_by_role("button", name="Back to the table").click()
    assert colour(dm, blue) == "blue"


def test_a_player_sees_again_what_of_the_picture_they_saw_then(
    served: Served, browser: Browser
) -> None:
    player = Seat(browser).open(served.links["player"])
    dm = Seat(browser).open(served.links["dm"])
    clear_the_land(dm)
    start_session(dm)
    red = lay(dm, served.origin, "red")
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
        assert colour(seat, red) == "red"
        seat.replay_step()
        assert colour(seat) == "neither"
        seat.page.get_by_role("button", name="Back to the table").click()
        assert colour(seat) == ("neither" if seat is player else "red")
