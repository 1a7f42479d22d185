"""Streams: numbered without a gap, resumed exactly, ended with the right to them."""

import json

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from actors.delivery import viewer_streams as streams
from actors.delivery.viewer_streams import CloseReason, ViewerStream
from actors.runtime.control_messages import SessionState
from events import RoomState, project, state_fields
from events.core.features.hexes import HexProjection
from events.core.features.members import RemoveMember, SetMember
from events.core.features.sessions import StartSession
from events.core.features.staging import Publish, SetMode, UndoStaged
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.messages import JSON
from events.core.numbering import numbered
from events.core.state import Member, Mode, Role
from events.geometry.grid import Hex
from tests.support.actor_table import Listener, Table, a_table, reveal
from tests.support.given import ANN, BEN, DM, SAM


def numbers(listener: Listener) -> list[int]:
    return [message["seq"] for message in listener.messages if "seq" in message]


async def test_messages_are_numbered_without_a_gap_for_each_viewer() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN)
        for number in range(5):
            await table.ask(reveal(f"{number},0"))
            await table.ask(reveal(f"{number},1", targets={"playerIds": ["ben"]}))
        begun = table.listeners["dm"].messages[0]["seq"]
        assert numbers(table.listeners["dm"]) == list(range(begun, begun + 20))
        assert numbers(table.listeners["ann"]) == [1, 2, 3, 4, 5]


async def test_a_state_says_what_it_covers_and_how_to_go_on() -> None:
    async with a_table() as table:
        await table.sit(ANN)
        await table.ask(reveal("0,0"))
        (state,) = table.listen(ANN).messages
        SessionState.model_validate({k: v for k, v in state.items() if k != "type"})
        assert state["seq"] == 1
        assert state["revealedHexes"] == ["0,0"]
        await table.ask(StartSession())
        resumed = table.listen(ANN, resume=state["resume"])
        assert resumed.types == ["session:statusChanged"]
        assert numbers(resumed) == [2]


@pytest.mark.parametrize("member", [DM, ANN, SAM])
async def test_a_state_is_the_viewers_projection(member: Member) -> None:
    async with a_table() as table:
        await table.sit(*{DM, ANN, member})
        await table.ask(reveal("0,0", "1,0"))
        await table.ask(reveal("2,0", targets={"playerIds": ["ann"]}))
        for _ in range(2):
            state = dict(table.listen(member).messages[0])
            for key in ("type", "resume", "seq"):
                del state[key]
            assert state == wire(state_fields(project(table.room.state, member)))
            await table.ask(UpdateHexes(changes=(HexChange(key=Hex(0, 0), terrain="hills"),)))


@cases(sent=st.integers(0, 30), covered=st.integers(0, 40), kept=st.integers(1, 12))
def test_a_resume_delivers_exactly_what_was_missed_or_says_that_it_cannot(
    sent: int, covered: int, kept: int
) -> None:
    stream = ViewerStream(ANN, "token")
    listener = Listener()
    stream.readers[listener] = ANN.user
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streams, "KEPT_MESSAGES", kept)
        for number in range(sent):
            stream.take([b'{"type":"x","n":%d' % number], bytes)
    missed = stream.missed(covered)
    if missed is None:
        assert covered > sent or sent - covered > min(kept, sent)
    else:
        assert numbered(*missed) == listener.raw[covered:]


async def test_an_unknown_token_or_a_future_number_gets_the_state() -> None:
    async with a_table() as table:
        await table.sit(ANN)
        token = table.listen(ANN).messages[0]["resume"]
        for resume, after in (
            ("nonsense", 0),
            (token.split(".")[0], 0),
            (token, 99),
            ("." + token, None),
            (token.split(".")[0] + ".9999999999999999999", None),
        ):
            assert table.listen(ANN, resume=resume, after=after).types == ["session:state"]
        assert table.listen(ANN, resume=token, after=0).types == []


async def test_the_token_of_one_viewer_is_no_good_for_another() -> None:
    async with a_table() as table:
        await table.sit(ANN, BEN)
        token = table.listen(ANN).messages[0]["resume"]
        assert table.listen(BEN, resume=token).types == ["session:state"]


async def test_what_is_not_kept_any_more_is_replaced_by_the_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "KEPT_BYTES", 200)
    async with a_table() as table:
        await table.sit(ANN)
        token = table.listen(ANN).messages[0]["resume"]
        for number in range(5):
            await table.ask(reveal(f"{number},0"))
        assert table.listen(ANN, resume=token).types == ["session:state"]


async def test_a_stream_outlives_its_last_connection_for_a_while() -> None:
    async with a_table() as table:
        await table.sit(ANN)
        token = table.listen(ANN).messages[0]["resume"]
        gone = list(table.room.streams._streams[ANN.user].readers)
        for listener in gone:
            table.room.streams.detach(listener)
        await table.ask(reveal("0,0"))
        assert table.listen(ANN, resume=token).types == ["hex:revealed"]
        for listener in list(table.room.streams._streams[ANN.user].readers):
            table.room.streams.detach(listener)
        table.clock.forward(streams.RESUME_S + 1)
        table.directory.sweep()
        assert table.listen(ANN, resume=token).types == ["session:state"]


async def test_a_dm_in_staged_mode_is_also_sent_what_is_staged() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN)
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(reveal("0,0"))
        greeted = table.listen(DM)
        assert greeted.types == ["session:state", "staged:changes"]
        assert [change["type"] for change in greeted.messages[1]["changes"]] == ["hex:reveal"]
        assert table.listen(ANN).types == ["session:state"]
        resumed = table.listen(DM, resume=greeted.messages[0]["resume"])
        assert resumed.types == ["staged:changes"]


async def test_a_reader_is_sent_what_changes_in_the_queue_or_all_of_it_as_it_asked() -> None:
    async with a_table() as table:
        await table.sit(DM)
        await table.ask(SetMode(mode=Mode.STAGED))
        await table.ask(reveal("0,0"))
        whole, delta = table.listen(DM), Listener(staged_delta=True)
        table.room.attach(DM, delta, DM.user)
        for listener in (whole, delta):
            listener.clear()
        await table.ask(reveal("1,0"))
        await table.ask(UndoStaged(change_id=1))
        assert whole.types == ["staged:changes"] * 2
        assert [[c["id"] for c in m["changes"]] for m in whole.messages] == [["1", "2"], ["2"]]
        assert delta.types == ["staged:updated"] * 2
        assert [[c["id"] for c in m["added"]] for m in delta.messages] == [["2"], []]
        assert [m["removed"] for m in delta.messages] == [[], ["1"]]
        assert numbers(whole) == numbers(delta)


async def test_who_missed_a_change_of_the_queue_resumes_as_they_read() -> None:
    async with a_table() as table:
        await table.sit(DM)
        await table.ask(SetMode(mode=Mode.STAGED))
        token = table.listen(DM).messages[0]["resume"]
        await table.ask(reveal("0,0"))
        assert table.listen(DM, resume=token).types == ["session:state", "staged:changes"]
        delta = Listener(staged_delta=True)
        table.room.attach(DM, delta, DM.user, token)
        assert delta.types == ["staged:updated", "staged:changes"]


async def test_a_new_role_begins_the_stream_anew() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN, BEN)
        await table.ask(reveal("0,0", targets={"playerIds": ["ben"]}))
        token = table.listen(ANN).messages[0]["resume"]
        table.listeners["ann"].clear()
        await table.ask(SetMember(user=ANN.user, name="Ann", role=Role.DM))
        connected, state = table.listeners["ann"].messages
        assert connected == {"type": "connected", "userId": "ann", "role": "dm"}
        assert state["seq"] == 0
        assert state["reveals"][0]["key"] == "0,0"
        assert table.listen(table.room.state.members[ANN.user], resume=token).types == [
            "session:state"
        ]
        await table.ask(reveal("1,0"))
        assert numbers(table.listeners["ann"])[:2] == [0, 1]
        assert "player:presence" in table.told(BEN)


async def test_who_is_removed_is_sent_away_and_told_nothing_more() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN, BEN)
        over_the_shoulder = table.listen(ANN, by=DM)
        over_the_shoulder.clear()
        await table.ask(RemoveMember(user=ANN.user))
        assert table.listeners["ann"].closed is CloseReason.REMOVED
        assert over_the_shoulder.closed is CloseReason.REMOVED
        assert table.listeners["ann"].raw == over_the_shoulder.raw == []
        assert table.told(BEN) == ["player:left", "player:presence"]


async def test_a_dm_looks_over_a_shoulder_and_sees_what_that_player_sees() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN)
        looking = table.listen(ANN, by=DM)
        assert looking.messages == table.listen(ANN).messages
        looking.clear()
        table.listeners["ann"].clear()
        await table.ask(reveal("0,0", targets={"playerIds": ["ann"]}))
        await table.ask(reveal("1,0", targets={"playerIds": ["ben"]}))
        assert looking.raw == table.listeners["ann"].raw
        assert looking.types == ["hex:revealed"]


async def test_who_is_no_longer_a_dm_looks_over_no_shoulder() -> None:
    async with a_table() as table:
        await table.sit(DM, ANN)
        looking = table.listen(ANN, by=DM)
        await table.ask(SetMember(user=DM.user, name="Dora", role=Role.PLAYER))
        assert looking.closed is CloseReason.REMOVED
        assert table.listeners["ann"].closed is None


async def test_fifty_who_come_back_at_once_are_worded_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [Member(f"p{n}", Role.PLAYER, f"P{n}") for n in range(10)]  # type: ignore[arg-type]
    async with a_table(None, DM, *people) as table:
        await table.sit(*people)
        await table.ask(reveal(*(f"{q},0" for q in range(50))))
        made = []

        def state_encoded(self: HexProjection, room: RoomState, viewer: Member) -> bytes:
            made.append(viewer)
            return super(HexProjection, self).state_encoded(room, viewer)

        monkeypatch.setattr(HexProjection, "state_encoded", state_encoded)
        states = [table.listen(person).messages[0] for person in people]
        assert all(len(state["revealedHexes"]) == 50 for state in states)
        assert len(made) == 1


async def test_who_asks_for_runs_of_terrain_gets_them_and_others_do_not() -> None:
    async with a_table() as table:
        await table.sit(ANN)
        await table.ask(reveal("0,0", "1,0"))
        runs = Listener(terrain_in_runs=True)
        for listener in (Listener(), runs, Listener()):
            table.room.attach(ANN, listener, ANN.user)
            (state,) = [of for of in listener.messages if of["type"] == "session:state"]
            assert ("painted" in state) is (listener is runs)
            assert state["revealedHexes"] == ["0,0", "1,0"]


async def test_members_of_one_role_are_worded_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_table() as table:
        await table.sit(ANN, BEN)
        asked = count_shows(monkeypatch)
        await table.ask(reveal("0,0"))
        assert table.told(ANN) == table.told(BEN) == ["hex:revealed"]
        assert len(asked) == 2


async def test_players_learn_nothing_of_what_is_not_theirs() -> None:
    """Two nights that differ only in what Ann may not see give her the same bytes."""
    quiet, busy = await a_night(secrets=False), await a_night(secrets=True)
    assert quiet == busy
    assert b"hex:revealed" in b"".join(quiet)


async def a_night(*, secrets: bool) -> list[bytes]:
    async with a_table() as table:
        await table.sit(DM, ANN, BEN)
        ann = table.listeners["ann"]
        for step in range(6):
            await table.ask(reveal(f"{step},0"))
            if secrets:
                await do_in_secret(table, step)
            if step == 3:
                await table.ask(SetMode(mode=Mode.STAGED))
                if secrets:
                    await table.ask(reveal("9,9"))
                    await table.ask(reveal("9,8", targets={"playerIds": ["ben"]}))
                    await table.ask(reveal("8,8", targets={"playerIds": ["ben"]}))
                    await table.ask(UndoStaged(index=0))
                await table.ask(reveal("3,3"))
                await table.ask(Publish())
        state = json.loads(table.listen(ANN).raw[0])
        del state["resume"]
        return [*ann.raw[: len(ann.raw) - 1], json.dumps(state).encode()]


async def do_in_secret(table: Table, step: int) -> None:
    hidden = HexChange(key=Hex(20 + step, 0), terrain="volcanic")
    await table.ask(UpdateHexes(changes=(hidden,)))
    await table.ask(reveal(f"{30 + step},0", targets={"playerIds": ["ben"]}))


def wire(fields: dict[str, JSON]) -> JSON:
    return from_json(to_json(fields))


def count_shows(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows by each hex that is looked at for a viewer."""
    asked: list[object] = []
    shown = HexProjection.shown

    def counted(self: HexProjection, *args: JSON) -> JSON:
        room, viewer, keys = args
        keys = tuple(keys)
        asked.extend(keys)
        return shown(self, room, viewer, keys)

    monkeypatch.setattr(HexProjection, "shown", counted)
    return asked
