"""The painter of the map: repeatable, and blind to what its viewer does not know."""

from base64 import b64decode

import pytest
from playwright.sync_api import Browser

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAINT = """async ([maps, names, manner, squares]) => {
    const script = document.querySelector("script[type=module]").src;
    const { Painter } = globalThis;
    const trusted = trustedTypes.createPolicy(`test-${Math.random()}`, { createScriptURL: (url) => url });
    const url = trusted.createScriptURL(new URL("map/painter/worker.js", script).href);
    const paint = (hexes) => new Promise((done, failed) => {
        const worker = new Painter(url, { type: "module" });
        const pictures = squares.map(() => null);
        let left = squares.length;
        worker.onerror = () => failed(new Error("the worker did not start"));
        worker.onmessage = ({ data: { id, bitmap } }) => {
            if (bitmap) {
                const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
                pen.drawImage(bitmap, 0, 0);
                const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
                pictures[id] = btoa(String.fromCharCode(...data));
            }
            if (--left === 0) { worker.terminate(); done(pictures); }
        };
        worker.postMessage({ type: "manner", manner });
        worker.postMessage({ type: "land", anew: true, names, hexes: Int32Array.from(hexes.flat()) });
        squares.forEach((square, id) => worker.postMessage({ type: "square", id, square }));
    });
    return Promise.all(maps.map(paint));
}"""
"""Gives the painter in its worker each map, and returns its squares' pixels."""

PLAYER = {
    "orientation": "flat",
    "theme": "atlas",
    "dm": False,
    "grid": True,
    "strength": 0.7,
    "density": 1,
}
SQUARES = [
    {"column": column, "row": row, "unit": 24, "side": 64} for column in (0, 1) for row in (0, 1)
]
FULL = 3
LAND = ("water", "forest", "mountain", "plains", "swamp", "volcanic", "desert", "hills")


def known(size: int = 5) -> list[list[int]]:
    """Return a patch of known hexes of many kinds."""
    return [
        [q, r, 2 + (q * 3 + r * 5) % len(LAND), FULL, 0, 0]
        for q in range(size)
        for r in range(size)
    ]


def painted(served: Served, browser: Browser, maps: list[object], **manner: object) -> list[object]:
    # Its own map is left bare: what is compared is painted beside it.
    seat = Seat(browser).open(served.links["dm"])
    pictures = seat.page.evaluate(PAINT, [maps, LAND, {**PLAYER, **manner}, SQUARES])
    assert isinstance(pictures, list)
    return pictures


@pytest.mark.parametrize("theme", ["atlas", "ink", "night"])
def test_the_same_land_is_the_same_picture(served: Served, browser: Browser, theme: str) -> None:
    maps: list[object] = [known(), known()[::-1], known(4)]
    in_order, reversed_, smaller = painted(served, browser, maps, theme=theme)
    assert in_order == reversed_
    assert in_order != smaller


def test_nothing_is_drawn_where_nothing_is_known(served: Served, browser: Browser) -> None:
    (pictures,) = painted(served, browser, [[[40, 40, 3, FULL, 0, 0]]])
    assert pictures == [None] * len(SQUARES)


@pytest.mark.parametrize("theme", ["atlas", "ink", "night"])
def test_a_known_hex_ends_in_the_unknown_within_its_own_bounds(
    served: Served, browser: Browser, theme: str
) -> None:
    (squares,) = painted(served, browser, [[[1, 0, 4, FULL, 0, 0]]], theme=theme)
    assert isinstance(squares, list)
    opaque = 0
    for square, encoded in zip(SQUARES, squares, strict=True):
        if encoded is None:
            continue
        pixels = b64decode(encoded)
        for at in range(3, len(pixels), 4):
            y, x = divmod(at // 4, square["side"])
            across = (x + square["column"] * square["side"]) / square["unit"] - 1.5
            down = (y + square["row"] * square["side"]) / square["unit"] - 3**0.5 / 2
            if pixels[at] and across**2 + down**2 > 1.5**2:
                raise AssertionError(f"a pixel at {across:.2f}, {down:.2f} sizes from the hex")
            opaque += pixels[at] == 255
    assert opaque > 300
