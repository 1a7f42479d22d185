"""A token's picture: cut to a circle in the page, and drawn for those who see the token."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TOKEN = "Object.values(hexroom.table.room.get().tokens).find((each) => each.label === 'an ogre')"
AT_TOKEN = f"""(() => {{
    const token = {TOKEN};
    const {{ x, y }} = hexroom.table.scene.placeOf(token.hexKey);
    const canvas = document.querySelectorAll('.map canvas')[1];
    const k = canvas.width / canvas.clientWidth;
    const [r, g, b] = canvas.getContext('2d').getImageData(x * k, y * k, 1, 1).data;
    return r < 90 && g > 120 && b < 90;
}})()"""


DECODED = """() => {
    const decode = createImageBitmap;
    globalThis.createImageBitmap = async (...of) => {
        const bitmap = await decode(...of);
        globalThis.decoded = [bitmap.width, bitmap.height];
        return bitmap;
    };
}"""
"""Notes how large a picture is that the page has decoded."""


def half_red_half_green(width: int = 400) -> bytes:
    image = Image.new("RGB", (width, 200), "red")
    image.paste((20, 200, 20), (200, 0, 400, 200))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_cut_by_keys_and_seen_by_who_sees_the_token(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    player = Seat(browser).open(served.links["player"])
    dm.page.evaluate(
        """async () => {
            await hexroom.table.commands.createToken({ hexKey: '3,3', label: 'an ogre' });
            await hexroom.table.commands.reveal(['3,3'], 'all');
        }"""
    )
    player.until(TOKEN)
    dm.page.evaluate(f"() => hexroom.table.open('tokens', {TOKEN})")
    dm.page.get_by_label("Picture of the token").set_input_files(
        {"name": "ogre.png", "mimeType": "image/png", "buffer": half_red_half_green()}
    )
    dialog = dm.page.get_by_role("dialog", name="Picture of an ogre")
    expect(dialog.get_by_role("img")).to_be_focused()
    for key in ["+", "+", *["ArrowRight"] * 20]:
        dm.page.keyboard.press(key)
    dialog.get_by_role("button", name="Use this").click()
    expect(dialog).to_have_count(0)
    for seat in (dm, player):
        seat.until(f"({TOKEN}).picture")
        seat.page.evaluate("() => hexroom.table.scene.goTo('3,3')")
        seat.until(AT_TOKEN)
    dm.page.evaluate(f"() => hexroom.table.open('tokens', {TOKEN})")
    dm.page.get_by_role("button", name="Remove", exact=True).click()
    for seat in (dm, player):
        seat.until(f"!({TOKEN}).picture")
    large_pictures_are_decoded_smaller_or_refused_by_a_sentence(dm)


def large_pictures_are_decoded_smaller_or_refused_by_a_sentence(dm: Seat) -> None:
    def choose(picture: bytes) -> None:
        dm.page.evaluate(f"() => hexroom.table.open('tokens', {TOKEN})")
        dm.page.get_by_label("Picture of the token").set_input_files(
            {"name": "ogre.png", "mimeType": "image/png", "buffer": picture}
        )

    dm.page.evaluate(DECODED)
    choose(half_red_half_green(8192))
    dm.page.get_by_role("dialog", name="Picture of an ogre").wait_for()
    assert dm.page.evaluate("() => decoded") == [4096, 100]
    dm.page.keyboard.press("Escape")
    # It says that it is as large as a picture may be, which not every device can open.
    head = bytearray(half_red_half_green())
    head[16:24] = (16_384).to_bytes(4) * 2
    choose(bytes(head))
    too_large = dm.page.get_by_label("Notices").get_by_text("larger than this device can open")
    expect(too_large).to_be_visible()
