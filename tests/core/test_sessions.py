"""The life of a game session."""

import pytest

from events import Command
from events.core.features.hexes import RevealHexes
from events.core.features.sessions import (
    EndSession,
    PauseSession,
    ResumeSession,
    SessionEnded,
    SessionPaused,
    SessionResumed,
    SessionStarted,
    StartSession,
    WrongStatus,
)
from events.core.state import SessionId, Status
from events.errors import DmOnly, PlayersOnly, WhilePaused
from events.geometry.grid import Hex
from tests.support.given import ANN, DM, SAM, given

EVE = SessionId("00000000-0000-4000-8000-000000000007")
STARTED = SessionStarted(session=EVE)
PAUSED, RESUMED, ENDED = SessionPaused(), SessionResumed(), SessionEnded()


def test_a_new_start_is_a_new_game_session() -> None:
    outcome = given().when(StartSession()).then(STARTED)
    assert outcome.after.running == EVE
    again = given(STARTED, ENDED).when(StartSession(), seed=8)
    assert again.after.running not in (EVE, None)


def test_a_client_cannot_choose_the_id_of_a_session() -> None:
    given().when(StartSession(session=SessionId("mine"))).then(STARTED)


def test_everybody_is_told_the_status() -> None:
    for viewer in (DM, ANN, SAM):
        outcome = given(STARTED).when(PauseSession()).then(PAUSED)
        assert outcome.told(viewer) == [
            {"type": "session:statusChanged", "status": "paused", "sessionId": EVE}
        ]


@pytest.mark.parametrize(
    ("history", "command", "status"),
    [
        ((STARTED,), StartSession(), Status.ACTIVE),
        ((STARTED, PAUSED), StartSession(), Status.PAUSED),
        ((), PauseSession(), Status.WAITING),
        ((STARTED, PAUSED), PauseSession(), Status.PAUSED),
        ((STARTED,), ResumeSession(), Status.ACTIVE),
        ((STARTED, ENDED), ResumeSession(), Status.ENDED),
        ((), EndSession(), Status.WAITING),
        ((STARTED, ENDED), EndSession(), Status.ENDED),
    ],
)
def test_what_is_out_of_turn_is_refused_and_says_what_was_expected(
    history: tuple[SessionStarted], command: Command, status: Status
) -> None:
    refusal = given(*history).when(command).refused(WrongStatus).refusal
    assert f"not {status}" in str(refusal)


def test_a_pause_ends_and_a_session_ends_from_both() -> None:
    given(STARTED, PAUSED).when(ResumeSession()).then(RESUMED)
    given(STARTED).when(EndSession()).then(ENDED)
    given(STARTED, PAUSED).when(EndSession()).then(ENDED)


def test_no_session_runs_after_the_end_but_the_last_one_is_named() -> None:
    outcome = given(STARTED).when(EndSession())
    assert outcome.after.running is None
    assert outcome.after.session == EVE


@pytest.mark.parametrize("command", [StartSession(), PauseSession(), ResumeSession(), EndSession()])
def test_the_life_of_a_session_is_the_dms(command: Command) -> None:
    given(STARTED).when(command, by=ANN).refused(DmOnly)
    given(STARTED).when(command, by=SAM).refused(DmOnly)


def test_the_dm_reveals_while_paused_and_outside_of_sessions() -> None:
    reveal = RevealHexes(hex_keys=(Hex(0, 0),), targets="all")
    assert given(STARTED, PAUSED).when(reveal).events
    assert given().when(reveal).events


def test_players_wait_while_paused_and_spectators_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PauseSession, "dm_only", False)
    given(STARTED, PAUSED).when(PauseSession(), by=ANN).refused(WhilePaused)
    given(STARTED).when(PauseSession(), by=SAM).refused(PlayersOnly)
