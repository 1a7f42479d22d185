"""Staging: queue, undo, publish, discard."""

import gc
import json
import tracemalloc

import pytest
from pydantic import ValidationError

from events import EMPTY, Command, Event
from events.core.decider import fold
from events.core.features.hexes import HexesRevealed, HideHexes, RevealHexes
from events.core.features.members import MemberRemoved, MemberSet
from events.core.features.notes import TEXT_CHARS, NoteWanted, SetNote
from events.core.features.sessions import StartSession
from events.core.features.staging import (
    ChangeStaged,
    ChangeUnstaged,
    ModeSet,
    NoSuchChange,
    NothingStaged,
    Publish,
    Published,
    SetMode,
    UndoStaged,
)
from events.core.features.terrain import HexChange, HexesUpdated, UpdateHexes
from events.core.limits import MOST_STAGED, STAGED_BYTES, STAGED_HEXES
from events.core.messages import JSON, command_from_wire
from events.core.staged_queue import StagedQueue
from events.core.state import ChangeId, Mode, Staged
from events.core.targets import Players
from events.errors import DmOnly, NotFound, Rejected, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, Given, given

AT, NEXT = Hex(0, 0), Hex(1, 0)
TABLE: tuple[Event, ...] = tuple(
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)
)
HILLS = HexesUpdated(painted=(("hills", 0, runs([AT, NEXT])),))
STAGING, LIVE = ModeSet(mode=Mode.STAGED), ModeSet(mode=Mode.IMMEDIATE)


def reveal(*hexes: Hex) -> RevealHexes:
    return RevealHexes(hex_keys=hexes, targets="all")


def revealed(*hexes: Hex) -> HexesRevealed:
    return HexesRevealed(hexes=runs(hexes), to="all")


def staged(change: int, command: Command, description: str = "Something") -> ChangeStaged:
    return ChangeStaged(
        change=ChangeId(change), command=command, by=DM.user, description=description
    )


def unstaged(change: int, reason: str, because: str = "") -> ChangeUnstaged:
    return ChangeUnstaged.model_validate({"change": change, "reason": reason, "because": because})


def published(*changes: int) -> Published:
    return Published(changes=tuple(ChangeId(change) for change in changes))


ONE = staged(1, reveal(AT), "Reveal hex 0,0 to everyone")
TWO = staged(2, reveal(NEXT))
QUEUE: Given = given(*TABLE, HILLS, STAGING, ONE, TWO)


def test_in_staged_mode_a_reveal_waits_and_players_see_nothing() -> None:
    outcome = given(*TABLE, HILLS, STAGING).when(reveal(AT)).then(ONE)
    outcome.tells(DM, "staged:changes").tells(ANN).shows(ANN, "hexes", "0,0", None)


def test_the_dm_sees_what_waits_in_plain_words() -> None:
    (message,) = given(*TABLE, HILLS, STAGING).when(reveal(AT)).told(DM)
    assert message["changes"] == [
        {
            "id": "1",
            "description": "Reveal hex 0,0 to everyone",
            "type": "hex:reveal",
            "data": {"hexKeys": ["0,0"], "targets": "all"},
            "by": "dm",
        }
    ]


def test_a_dm_may_go_on_staging_after_publishing() -> None:
    outcome = QUEUE.when(Publish(stay_staged=True)).then(
        published(1, 2),
        revealed(AT),
        unstaged(1, "published"),
        revealed(NEXT),
        unstaged(2, "published"),
    )
    assert outcome.after.mode is Mode.STAGED
    outcome.tells(ANN, "hex:revealed").tells(DM, "hex:revealed", "staged:changes")


def test_publishing_shows_the_staged_hexes_to_players() -> None:
    (
        QUEUE.when(Publish())
        .then(
            published(1, 2),
            revealed(AT),
            unstaged(1, "published"),
            revealed(NEXT),
            unstaged(2, "published"),
            LIVE,
        )
        .shows(ANN, "hexes", "0,0", {"terrain": "hills", "tier": "full"})
        .tells(ANN, "hex:revealed", "dm:preparing")
        .tells(DM, "hex:revealed", "broadcast:modeChanged", "staged:changes")
    )


def test_publishing_some_leaves_the_others_and_the_mode() -> None:
    outcome = QUEUE.when(Publish(change_ids=(2,)))
    outcome.then(published(2), revealed(NEXT), unstaged(2, "published"))
    assert [*outcome.after.staged] == [1]
    assert outcome.after.mode is Mode.STAGED
    outcome.tells(ANN, "hex:revealed")


def test_publishing_keeps_the_order_of_the_queue() -> None:
    assert QUEUE.when(Publish(change_ids=(2, 1))).events == QUEUE.when(Publish()).events


def test_what_no_longer_holds_is_dropped_with_its_reason() -> None:
    to_ann = RevealHexes(hex_keys=(AT,), targets=Players(player_ids=(ANN.user,)))
    queue = given(*TABLE, HILLS, STAGING, staged(1, to_ann), TWO, MemberRemoved(user=ANN.user))
    outcome = queue.when(Publish())
    assert unstaged(1, "dropped", "no such player in this campaign") in outcome.events
    assert revealed(NEXT) in outcome.events
    assert outcome.told(DM)[-1]["dropped"] == [
        {"id": "1", "description": "Something", "reason": "no such player in this campaign"}
    ]
    after = (
        outcome.again()
        .when(SetMode(mode=Mode.STAGED))
        .again()
        .when(HideHexes(hex_keys=(NEXT,), targets="all"))
    )
    assert after.told(DM)[-1]["dropped"] == []


def test_a_staged_change_is_checked_against_what_publishing_would_leave() -> None:
    queue = given(*TABLE, HILLS, STAGING, ONE)
    queue.when(reveal(AT)).then()
    assert queue.when(HideHexes(hex_keys=(AT,), targets="all")).events
    given(*TABLE, HILLS, STAGING).when(HideHexes(hex_keys=(AT,), targets="all")).then()


def test_a_staged_change_is_undone_by_index_and_by_id() -> None:
    QUEUE.when(UndoStaged(index=0)).then(unstaged(1, "undone")).tells(ANN)
    QUEUE.when(UndoStaged(change_id=2)).then(unstaged(2, "undone"))


@pytest.mark.parametrize("undo", [UndoStaged(index=2), UndoStaged(change_id=3)])
def test_only_what_waits_can_be_undone(undo: UndoStaged) -> None:
    QUEUE.when(undo).refused(NoSuchChange)


@pytest.mark.parametrize(
    "fields", [{}, {"index": -1}, {"index": 0.5}, {"index": "0"}, {"index": 0, "changeId": 1}]
)
def test_a_malformed_undo_is_no_command(fields: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        UndoStaged.model_validate(fields)


def test_numbers_of_changes_are_not_used_again() -> None:
    outcome = given(*TABLE, HILLS, STAGING, ONE, unstaged(1, "undone")).when(reveal(AT))
    outcome.then(staged(2, reveal(AT), "Reveal hex 0,0 to everyone"))


def test_switching_to_immediate_records_what_it_discards() -> None:
    outcome = QUEUE.when(SetMode(mode=Mode.IMMEDIATE))
    outcome.then(unstaged(1, "discarded"), unstaged(2, "discarded"), LIVE)
    outcome.tells(ANN, "dm:preparing").shows(ANN, "hexes", "0,0", None)


def test_players_are_told_that_the_dm_prepares_and_nothing_else() -> None:
    outcome = given(*TABLE, HILLS).when(SetMode(mode=Mode.STAGED)).then(STAGING)
    assert outcome.told(ANN) == [{"type": "dm:preparing", "preparing": True}]
    given(*TABLE, STAGING).when(SetMode(mode=Mode.STAGED)).then()


def test_publishing_nothing_is_refused() -> None:
    given(*TABLE, STAGING).when(Publish()).refused(NothingStaged)
    given(*TABLE).when(Publish()).refused(NothingStaged)
    QUEUE.when(Publish(change_ids=(1, 9))).refused(NoSuchChange)
    assert issubclass(NoSuchChange, NotFound)


def test_a_hex_hidden_and_painted_in_one_publishing_is_told_as_both() -> None:
    hide = HideHexes(hex_keys=(AT,), targets="all")
    paint = UpdateHexes(changes=(HexChange(key=AT, terrain="lake"),))
    queue = given(*TABLE, HILLS, revealed(AT), STAGING, staged(1, hide), staged(2, paint))
    outcome = queue.when(Publish()).tells(ANN, "hex:hidden", "dm:preparing")
    assert [message["type"] for message in outcome.told(DM)][:2] == ["hex:hidden", "hex:updated"]


def test_what_is_not_stageable_happens_at_once() -> None:
    assert given(*TABLE, STAGING).when(StartSession()).events[0].tag == "session_start"


def test_staging_is_the_dms() -> None:
    commands: tuple[Command, ...] = (SetMode(mode=Mode.STAGED), Publish(), UndoStaged(index=0))
    for command in commands:
        QUEUE.when(command, by=ANN).refused(DmOnly)


def test_a_refusal_is_not_staged() -> None:
    to_nobody = RevealHexes(hex_keys=(AT,), targets=Players(player_ids=("nobody",)))
    outcome = given(*TABLE, HILLS, STAGING).when(to_nobody)
    assert isinstance(outcome.refusal, Rejected)


def test_a_thousand_changes_wait_and_one_more_is_refused() -> None:
    def paint(q: int) -> UpdateHexes:
        return UpdateHexes(changes=(HexChange(key=Hex(q, 0), terrain="sand"),))

    almost = given(*TABLE, STAGING, *(staged(n + 1, paint(n)) for n in range(MOST_STAGED - 1)))
    outcome = almost.when(paint(MOST_STAGED))
    assert len(outcome.after.staged) == MOST_STAGED
    outcome.again().when(paint(MOST_STAGED + 1)).refused(TooMany)


def test_what_waits_looks_at_so_many_hexes_and_no_more() -> None:
    """Each further change looks at all that wait; publishing does, too."""
    row = tuple(Hex(q, 0) for q in range(50_000))
    full = STAGED_HEXES // len(row)
    almost = given(*TABLE, STAGING, *(staged(n + 1, reveal(*row)) for n in range(full)))
    almost.when(reveal(AT, Hex(0, 1))).refused(TooMany)
    fewer = given(*TABLE, STAGING, *(staged(n + 1, reveal(*row)) for n in range(full - 1)))
    assert len(fewer.when(reveal(*(Hex(at.q, 1) for at in row))).after.staged) == full


def test_what_waits_takes_so_many_bytes_and_no_more() -> None:
    """One long note written again and again looks at a hex each time, and takes far more memory."""
    text = "🜂" * TEXT_CHARS
    long = NoteWanted(id="n", kind="lore", title="x", player_text=text, dm_text=text)

    def note(number: int) -> SetNote:
        return SetNote(hex_key=AT, note=long.model_copy(update={"title": f"draft {number}"}))

    each = staged(1, note(1)).evolve(EMPTY).staged.held_bytes
    fit = STAGED_BYTES // each
    assert fit < MOST_STAGED
    almost = given(*TABLE, STAGING, *(staged(n + 1, note(n)) for n in range(fit)))
    outcome = almost.when(note(fit)).refused(TooMany)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "too_large"
    assert f"at most {STAGED_BYTES} bytes in staged changes" in str(outcome.refusal)
    with_room = almost.when(UndoStaged(index=0)).again().when(note(fit))
    assert len(with_room.after.staged) == fit
    assert with_room.after.staged.held_bytes <= STAGED_BYTES


def test_the_bytes_of_a_queue_are_those_of_its_changes_however_it_came_about() -> None:
    def take(*changes: ChangeStaged) -> StagedQueue[ChangeId, Staged]:
        return fold(changes).staged

    few, many = staged(1, reveal(AT)), staged(2, reveal(*(Hex(q, 0) for q in range(5_000))))
    both = take(few, many)
    assert both.held_bytes == take(few).held_bytes + take(many).held_bytes
    assert both.without(ChangeId(2)).held_bytes == take(few).held_bytes
    assert StagedQueue(both.values()).held_bytes == both.held_bytes
    assert take(many).held_bytes > 50 * take(few).held_bytes
    assert StagedQueue[ChangeId, Staged]().held_bytes == 0


@pytest.mark.parametrize(
    "wire",
    [
        {
            "type": "hex:reveal",
            "targets": "all",
            "hexKeys": [f"{q},{q % 70}" for q in range(9_000)],
        },
        {
            "type": "hex:update",
            "changes": [{"key": f"{q},{q % 70}", "terrain": "sand"} for q in range(9_000)],
        },
        {
            "type": "note:set",
            "hexKey": "0,0",
            "note": {"kind": "lore", "title": "a", "dmText": "é" * 9_000},
        },
        {
            "type": "note:set",
            "hexKey": "0,0",
            "note": {"kind": "lore", "title": "a", "dmText": "€" * 9_000},
        },
        {
            "type": "region:set",
            "region": {"name": "x", "hexKeys": [f"{q},9" for q in range(9_000)]},
        },
        {"type": "path:set", "path": {"kind": "river", "points": [f"{q},9" for q in range(2_000)]}},
        {"type": "token:create", "hexKey": "0,0", "label": "A goblin of some years"},
    ],
    ids=lambda wire: wire["type"],
)
def test_a_change_counts_about_the_memory_it_takes(wire: dict[str, JSON]) -> None:
    text = json.dumps(wire)
    command_from_wire(json.loads(text))  # What a class makes once is no part of it.
    gc.collect()
    tracemalloc.start()
    try:
        command = command_from_wire(json.loads(text))
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / 2 < command.held_bytes() < taken * 3


@pytest.mark.parametrize("first", ["1", 1])
def test_a_staged_change_is_named_by_the_string_it_was_given_or_a_number_as_before(
    first: str | int,
) -> None:
    wire = {"type": "broadcast:publish", "changeIds": [first, "2"]}
    assert QUEUE.when(command_from_wire(wire)).events == QUEUE.when(Publish()).events
    undo = command_from_wire({"type": "staged:undo", "changeId": first})
    QUEUE.when(undo).then(unstaged(1, "undone"))


@pytest.mark.parametrize(
    "other", ["01", "+1", "１", "1_0", " 1", "", "1.0", True, 1.0, None, "9" * 16]
)
def test_a_staged_change_has_one_name(other: object) -> None:
    with pytest.raises(ValidationError):
        command_from_wire({"type": "broadcast:publish", "changeIds": [other]})
