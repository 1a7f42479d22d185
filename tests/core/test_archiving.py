"""An archived room is looked at, and stays as it is."""

from events.core.features.archiving import ArchiveRoom, RoomArchived, StillPlaying
from events.core.features.hexes import HexesRevealed, RevealHexes
from events.core.features.history import UndoAction
from events.core.features.members import Arrive, MemberSet, PlayerJoined, SetMember
from events.core.features.sessions import SessionStarted
from events.core.state import Role, SessionId
from events.errors import WhileArchived
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, given

TABLE = tuple(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN))
SEEN = HexesRevealed(hexes=runs([Hex(0, 0)]), to="all")
AWAY = (*TABLE, SEEN, RoomArchived(archived=True))


def test_nobody_changes_what_is_archived() -> None:
    given(*AWAY).when(RevealHexes(hex_keys=(Hex(1, 0),), targets="all")).refused(WhileArchived)
    given(*AWAY).when(UndoAction()).refused(WhileArchived)


def test_members_come_and_look() -> None:
    outcome = given(*AWAY).when(Arrive(), by=ANN).then(PlayerJoined(user=ANN.user))
    outcome.shows(ANN, "hexes", "0,0", {"tier": "full"})
    ben = SetMember(user=BEN.user, name="Ben", role=Role.PLAYER)
    assert BEN.user in given(*AWAY).when(ben).after.members


def test_what_is_taken_out_goes_on() -> None:
    out = given(*AWAY).when(ArchiveRoom(archived=False)).then(RoomArchived(archived=False)).again()
    hexes = out.when(RevealHexes(hex_keys=(Hex(1, 0),), targets="all")).after.visibility
    assert Hex(1, 0) in hexes


def test_archiving_twice_changes_nothing() -> None:
    given(*AWAY).when(ArchiveRoom(archived=True)).then()


def test_a_campaign_in_play_is_not_archived() -> None:
    playing = given(*TABLE, SessionStarted(session=SessionId("s1")))
    playing.when(ArchiveRoom(archived=True)).refused(StillPlaying)
