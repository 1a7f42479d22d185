"""People who signed up, made a campaign or joined one by HTTP: each page on that way costs 0.8 s.

How that is done by hand is in `browsers`, for the tests that are about it.
"""

from typing import Any, Final

from playwright.sync_api import Browser

from tests.support.browsers import Seat, Served

_MAP: Final = {"seed": 7, "width": 30, "height": 20}


def signed_up(served: Served, browser: Browser, name: str, **context: Any) -> Seat:
    """Return somebody who has an account and is signed in; their page is blank."""
    seat = Seat(browser, **context)
    account = {
        "name": name,
        "email": f"{name.lower()}@example.org",
        "password": "correct horse battery",
    }
    _post(seat, served.origin, "auth/signup", account)
    return seat


def new_table(served: Served, browser: Browser, name: str, campaign: str, **context: Any) -> Seat:
    """Return the DM of a new campaign with a map, at its table."""
    seat = signed_up(served, browser, name, **context)
    made = _post(seat, served.origin, "campaigns", {"name": campaign})["id"]
    _post(seat, served.origin, f"campaigns/{made}/map/generate", _MAP)
    seat.open(f"{served.origin}/c/{made}")
    seat.until("hexroom.table.room.get().map")
    return seat


def joined(dm: Seat, browser: Browser, name: str, **context: Any) -> Seat:
    """Return a guest at the DM's table, who accepted an invite and gave a name."""
    origin = str(dm.page.evaluate("() => location.origin"))
    campaign = dm.page.evaluate("() => hexroom.table.campaignId")
    invite = _post(dm, origin, f"campaigns/{campaign}/invites", {"role": "player"})
    seat = Seat(browser, **context)
    _post(seat, origin, f"invites/{invite['token']}/accept", {"name": name})
    return seat.open(f"{origin}/c/{campaign}")


def _post(seat: Seat, origin: str, path: str, body: dict[str, Any]) -> Any:
    answer = seat.context.request.post(
        f"{origin}/api/{path}", data=body, headers={"Origin": origin}
    )
    assert answer.ok, answer.text()
    return answer.json()
