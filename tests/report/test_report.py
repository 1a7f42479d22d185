"""The report says who did what to whom, and when it reached them; as rows, and as one page."""

import csv
import io
import json
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from events import EMPTY, fold
from events.core.features.hexes import HexesHidden, HexesRevealed, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined, PlayerLeft, RoomOpened
from events.core.features.sessions import SessionEnded, SessionStarted
from events.core.features.staging import ChangeStaged, ChangeUnstaged
from events.core.features.terrain import HexesUpdated
from events.core.state import ChangeId, UserId
from events.geometry.grid import Hex, runs
from events.journal.chain import Head
from events.record.errors import NoSuchCampaign
from events.report.build import Audit
from events.report.deliveries import Delivery, DeliveryIndex
from events.report.exposures import exposed
from events.report.html import table
from events.report.report import Exposure, Report, report
from tests.support.given import ANN, BEN, DM
from tests.support.given_record import BEGAN, EVENING, commits, read

HERE, THERE = runs([Hex(0, 0)]), runs([Hex(1, 0), Hex(2, 0)])
TABLE = [MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)]
STAGED = ChangeStaged(
    change=ChangeId(1),
    command=RevealHexes(hex_keys=(Hex(3, 0),), targets="all"),
    by=DM.user,
    description="Reveal hex 3,0 to everyone",
)
NIGHT = commits(
    [SessionStarted(session=EVENING)],
    [PlayerJoined(user=ANN.user)],
    [HexesRevealed(hexes=HERE, to="all")],
    [HexesRevealed(hexes=THERE, to=(BEN.user,))],
    [STAGED],
    [ChangeUnstaged(change=ChangeId(1), reason="undone")],
    [HexesHidden(hexes=runs([Hex(1, 0)]), to="all")],
    [PlayerLeft(user=ANN.user)],
    [SessionEnded()],
    after=4,
)
BEFORE = fold([*TABLE, HexesUpdated(painted=(("hills", 0, HERE + THERE),))], EMPTY)
REVEAL_TO_ALL, REVEAL_TO_BEN, HIDING = NIGHT[2], NIGHT[3], NIGHT[6]


def at(second: int) -> object:
    return BEGAN + timedelta(seconds=second)


async def reported(*delivered: Delivery) -> Report:
    return await report(BEFORE, read(NIGHT), DeliveryIndex(delivered))


async def test_it_says_who_did_what_to_whom() -> None:
    made = await reported()
    entry = made.entries[3]
    assert (entry.version, entry.name, entry.to) == (8, "Dora", "Ben")
    assert entry.what == "Revealed 2 hexes around 2,0 to Ben"


async def test_who_opens_a_campaign_is_called_by_name_from_its_first_event() -> None:
    opening = commits([RoomOpened(name="Night")], TABLE)
    made = await report(EMPTY, read(opening))
    assert {entry.name for entry in made.entries} == {"Dora"}


async def test_each_player_has_what_they_were_shown_and_what_was_hidden() -> None:
    made = await reported()
    assert [(e.user, e.version, e.shown, e.hexes) for e in made.exposures] == [
        (ANN.user, 7, True, HERE),
        (BEN.user, 7, True, HERE),
        (BEN.user, 8, True, THERE),
        (BEN.user, 11, False, runs([Hex(1, 0)])),
    ]
    assert [count for _, count in made.seen[BEN.user]] == [0, 1, 3, 2]


async def test_what_was_not_recorded_as_delivered_was_not() -> None:
    made = await reported(Delivery(ANN.user, 7, whole=False, at=BEGAN + timedelta(seconds=21)))
    ann, ben, *_ = made.exposures
    assert (ann.delivered_at, ann.delivered) == (BEGAN + timedelta(seconds=21), 1)
    assert (ben.delivered_at, ben.delivered) == (None, 0)


async def test_a_state_delivers_only_what_it_still_showed() -> None:
    late = Delivery(BEN.user, 13, whole=True, at=BEGAN + timedelta(hours=1))
    made = await reported(late)
    to_ben = [each for each in made.exposures if each.user == BEN.user]
    assert [(each.version, each.delivered) for each in to_ben] == [(7, 1), (8, 1), (11, 1)]


async def test_the_first_delivery_that_covers_a_version_counts() -> None:
    of = DeliveryIndex(
        Delivery(ANN.user, version, whole=False, at=BEGAN + timedelta(seconds=version))
        for version in (9, 5, 7)
    )
    assert [getattr(of.first(ANN.user, v), "version", None) for v in (1, 5, 6, 8, 9, 10)] == [
        5, 5, 7, 9, 9, None,
    ]  # fmt: skip
    assert of.first(UserId("nobody"), 1) is None


async def test_staged_changes_have_their_outcome_and_time() -> None:
    (change,) = (await reported()).staged.values()
    assert (change.outcome, change.by, change.waited_s) == ("undone", "Dora", 10)


async def test_presence_is_from_the_first_in_to_the_last_out() -> None:
    (stay,) = (await reported()).stays
    assert (stay.user, stay.start, stay.end) == (ANN.user, at(10), at(70))


async def test_the_filter_by_hex_answers_who_showed_it_and_to_whom() -> None:
    made = (await reported()).about(Hex(1, 0))
    assert [(each.user, each.shown) for each in made.exposures] == [
        (BEN.user, True),
        (BEN.user, False),
    ]
    assert {entry.event for entry in made.entries} == {"hex_reveal", "hex_hide"}


async def test_the_csv_is_tidy_a_row_an_event() -> None:
    made = Audit("The Marches", "Session 1", await reported(), Head(13, bytes(32)))
    rows = list(csv.DictReader(io.StringIO(made.written("csv").decode())))
    assert len(rows) == len(NIGHT)
    assert rows[3]["shown_to"] == "Ben"
    assert rows[3]["hex_keys"] == "1,0 2,0"


async def test_a_name_is_never_a_formula_in_a_spreadsheet() -> None:
    evil = MemberSet(user=ANN.user, name="=HYPERLINK(1)", role=ANN.role)
    made = await report(BEFORE, read(commits([evil], [PlayerJoined(user=ANN.user)], by=ANN)))
    audit = Audit("x", "y", made, Head(1, b""))
    rows = list(csv.DictReader(io.StringIO(audit.written("csv").decode())))
    assert rows[1]["name"] == "'=HYPERLINK(1)"


async def test_parquet_has_the_same_rows() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made = Audit("The Marches", "Session 1", await reported(), Head(13, bytes(32)))
    table = parquet.read_table(io.BytesIO(made.written("parquet")))
    rows = list(csv.DictReader(io.StringIO(made.written("csv").decode())))
    assert table.column("what").to_pylist() == [row["what"] for row in rows]
    assert table.column("at").to_pylist()[0] == BEGAN


async def test_json_carries_the_head_and_everything() -> None:
    made = Audit("The Marches", "Session 1", await reported(), Head(13, bytes(32)))
    said = json.loads(made.written("json"))
    assert said["head"] == {"version": 13, "hash": "00" * 32}
    assert len(said["events"]) == len(NIGHT)
    assert said["exposures"][0]["hexKeys"] == ["0,0"]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


async def test_the_page_is_one_file_that_fetches_and_runs_nothing() -> None:
    evil = MemberSet(user=ANN.user, name="<script>alert(1)</script>", role=ANN.role)
    made = await report(BEFORE, read([*commits([evil], after=4), *NIGHT]))
    page = Audit("<b>", "Session 1", made, Head(13, bytes(32))).written("html").decode()
    tags = Tags()
    tags.feed(page)
    names = {tag for tag, _ in tags.seen}
    assert {"svg", "table", "h1"} <= names
    assert not names & {"script", "link", "img", "iframe", "b2", "object"}
    for _, attributes in tags.seen:
        assert not any(name.startswith("on") for name in attributes)
        assert all((attributes.get(n) or "#").startswith("#") for n in ("href", "src"))
    ids = [attributes["id"] for _, attributes in tags.seen if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_hex_that_reached_somebody_on_another_day_says_which() -> None:
    for later, said in (
        (timedelta(hours=1), "them 20:00:00"),
        (timedelta(days=1), "them 2026-02-01 19:00:00"),
    ):
        shown = Exposure(
            ANN.user, 1, BEGAN, True, "full", runs([Hex(0, 0)]), "Dora", BEGAN + later, 1
        )
        assert said in exposed(Report(BEFORE, BEFORE, exposures=[shown]), Hex(0, 0))


def test_who_is_asked_for_in_vain_hears_who_there_is() -> None:
    assert str(NoSuchCampaign("sunken", [])) == "there is no campaign 'sunken'"
    names = [f"Night {number}" for number in range(1, 11)]
    said = str(NoSuchCampaign("sunken", names))
    assert said.endswith("'sunken': there are " + ", ".join(names[:8]) + " and 2 more")


def test_only_numbers_are_set_as_numbers() -> None:
    row = table(("When", "Which", "Version"), [("19:11:40", "0102", "12")])
    assert '<td class="time">19:11:40</td><td>0102</td><td class="number">12</td>' in row


def test_a_cell_is_escaped_unless_it_is_html() -> None:
    row = table(("Who", "What"), [("<b>Ana</b>", Markup("<b>hidden</b>"))])
    assert "<td>&lt;b&gt;Ana&lt;/b&gt;</td><td><b>hidden</b></td>" in row


async def test_a_report_of_nothing_says_so() -> None:
    made = Audit("The Marches", "Session 1", await report(BEFORE, read([])), Head(0, bytes(32)))
    assert "Nothing is recorded here" in made.written("html").decode()
    assert made.written("csv").decode().count("\n") == 1
