"""Revealing and hiding hexes."""

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes, TierWord
from events.core.features.members import MemberRemoved, MemberSet
from events.core.features.terrain import HexesUpdated
from events.core.limits import MOST_TILES, SEEN_HEXES
from events.core.messages import JSON, command_from_wire, command_to_wire
from events.core.state import Role, Token, TokenId, UserId
from events.core.targets import MOST_HEXES, NoSuchPlayer, Players, Targets, To, Within, resolve
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from events.geometry.placed import Placed
from tests.support.given import ANN, BEN, DM, SAM, Given, given

AT, NEXT = Hex(0, 0), Hex(1, 0)
TABLE: tuple[Event, ...] = tuple(
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)
)
HILLS = HexesUpdated(painted=(("hills", 0, runs([AT, NEXT])),))
ONLY_ANN = Players(player_ids=(ANN.user,))


def reveal(*hexes: Hex, to: Targets = "all", tier: TierWord = "full") -> RevealHexes:
    return RevealHexes(hex_keys=hexes, targets=to, tier=tier)


def hide(*hexes: Hex, to: Targets = "all") -> HideHexes:
    return HideHexes(hex_keys=hexes, targets=to)


def revealed(*hexes: Hex, to: To = "all", tier: TierWord = "full") -> HexesRevealed:
    return HexesRevealed(hexes=runs(hexes), to=to, tier=tier)


def hidden(*hexes: Hex, to: To = "all") -> HexesHidden:
    return HexesHidden(hexes=runs(hexes), to=to)


HILLS_FOR_A_PLAYER: JSON = {"terrain": "hills", "tier": "full"}


def test_a_reveal_to_all_reaches_every_player_and_spectator() -> None:
    outcome = given(*TABLE, HILLS).when(reveal(AT)).then(revealed(AT))
    for viewer in (ANN, BEN, SAM):
        outcome.shows(viewer, "hexes", "0,0", HILLS_FOR_A_PLAYER).tells(viewer, "hex:revealed")


def test_a_reveal_to_all_holds_for_members_still_to_come() -> None:
    cleo = MemberSet(user=UserId("cleo"), name="Cleo", role=Role.PLAYER)
    room = given(*TABLE, HILLS, revealed(AT), cleo).room
    assert room.tier(room.members[UserId("cleo")], AT).word == "full"


def test_a_reveal_to_one_player_reaches_no_other() -> None:
    outcome = given(*TABLE, HILLS).when(reveal(AT, to=ONLY_ANN)).then(revealed(AT, to=(ANN.user,)))
    outcome.shows(ANN, "hexes", "0,0", HILLS_FOR_A_PLAYER).tells(ANN, "hex:revealed")
    outcome.shows(BEN, "hexes", "0,0", None).tells(BEN)
    outcome.shows(SAM, "hexes", "0,0", None).tells(SAM)


def test_the_dm_is_told_whom_a_reveal_was_for() -> None:
    (message,) = given(*TABLE, HILLS).when(reveal(AT, to=ONLY_ANN)).told(DM)
    assert message["targets"] == {"playerIds": ["ann"]}
    assert message["viewers"] == {"everyone": "hidden", "apart": {"ann": "full"}}
    assert message["terrain"] == [{"key": "0,0", "terrain": "hills"}]


def test_what_was_shown_to_all_can_be_hidden_from_one() -> None:
    outcome = given(*TABLE, HILLS, revealed(AT)).when(hide(AT, to=ONLY_ANN))
    outcome.then(hidden(AT, to=(ANN.user,)))
    outcome.shows(ANN, "hexes", "0,0", None).tells(ANN, "hex:hidden")
    outcome.shows(BEN, "hexes", "0,0", HILLS_FOR_A_PLAYER).tells(BEN)


def test_hiding_from_all_hides_from_those_named_before_too() -> None:
    outcome = given(*TABLE, HILLS, revealed(AT, to=(ANN.user,)), revealed(AT)).when(hide(AT))
    outcome.shows(ANN, "hexes", "0,0", None).shows(BEN, "hexes", "0,0", None)


def test_only_what_changes_is_recorded() -> None:
    given(*TABLE, HILLS, revealed(AT)).when(reveal(AT, NEXT)).then(revealed(NEXT))
    given(*TABLE, HILLS, revealed(AT)).when(reveal(AT)).then()
    given(*TABLE, HILLS, revealed(AT)).when(reveal(AT, to=ONLY_ANN)).then()
    given(*TABLE, HILLS).when(hide(AT)).then()


def test_a_reveal_never_takes_away() -> None:
    seen = given(*TABLE, HILLS, revealed(AT, to=(ANN.user,)))
    outcome = seen.when(reveal(AT, tier="terrain")).then(revealed(AT, tier="terrain"))
    outcome.shows(ANN, "hexes", "0,0", HILLS_FOR_A_PLAYER).tells(ANN)
    outcome.shows(BEN, "hexes", "0,0", {"terrain": "hills", "tier": "terrain"})


def test_a_hex_shown_by_its_terrain_can_be_shown_fully() -> None:
    outcome = given(*TABLE, HILLS, revealed(AT, tier="terrain")).when(reveal(AT))
    assert [message["tier"] for message in outcome.told(ANN)] == ["full"]


def test_all_is_the_whole_map() -> None:
    everything = RevealHexes(hex_keys="all", targets="all")
    given(*TABLE, HILLS).when(everything).then(revealed(AT, NEXT))
    far = Hex(9, 9)
    nothing = HideHexes(hex_keys="all", targets="all")
    given(*TABLE, HILLS, revealed(AT, far)).when(nothing).then(hidden(AT, far))


def test_a_hex_without_terrain_can_be_shown() -> None:
    outcome = given(*TABLE).when(reveal(AT)).then(revealed(AT))
    assert outcome.told(ANN) == [
        {"type": "hex:revealed", "hexKeys": ["0,0"], "terrain": [], "tier": "full"}
    ]


places = st.builds(Hex, st.integers(-9, 9), st.integers(-9, 9))


@given_any(
    st.lists(places, max_size=6), st.lists(places, min_size=1, max_size=6), st.integers(0, 8)
)
def test_near_is_who_has_a_token_so_many_steps_from_a_hex(
    tokens: list[Hex], hexes: list[Hex], most: int
) -> None:
    owners = (ANN.user, BEN.user, SAM.user, None)
    placed = {TokenId(f"{n}"): Token(at, "x", owners[n % 4]) for n, at in enumerate(tokens)}
    room = given(*TABLE).room.but(tokens=Placed(placed))

    near = resolve(Within(within=most), room, hexes)

    assert near == tuple(
        player.user
        for player in (ANN, BEN)
        if any(
            token.owner == player.user and token.at.distance(at) <= most
            for token in placed.values()
            for at in hexes
        )
    )


def test_a_thousand_tokens_are_compared_with_fifty_thousand_hexes_in_no_time() -> None:
    """Hex by hex it took 13 s, in which every table of the server stood still."""
    crowd = {TokenId(f"{n}"): Token(Hex(n, 9_000), "a rat", ANN.user) for n in range(1_000)}
    room = given(*TABLE).room.but(tokens=Placed(crowd))
    hexes = tuple(Hex(q, r) for q in range(250) for r in range(200))
    for _ in range(10):
        Given(room).when(reveal(*hexes, to=Within(within=100))).then()


def test_within_means_the_players_whose_token_is_near() -> None:
    tokens = {
        TokenId("a"): Token(Hex(2, 0), "Ann's", ANN.user),
        TokenId("b"): Token(Hex(3, 0), "Ben's", BEN.user),
        TokenId("d"): Token(Hex(0, 0), "an ogre"),
    }
    room = given(*TABLE, HILLS).room.but(tokens=Placed(tokens))
    Given(room).when(reveal(AT, to=Within(within=2))).then(revealed(AT, to=(ANN.user,)))
    Given(room).when(reveal(AT, to=Within(within=1))).then()


@pytest.mark.parametrize("who", ["nobody", DM.user, SAM.user])
def test_targets_are_players_of_the_campaign(who: UserId) -> None:
    given(*TABLE, HILLS).when(reveal(AT, to=Players(player_ids=(who,)))).refused(NoSuchPlayer)


def test_a_former_member_is_no_target() -> None:
    gone = given(*TABLE, HILLS, MemberRemoved(user=ANN.user))
    gone.when(reveal(AT, to=ONLY_ANN)).refused(NoSuchPlayer)


def test_players_do_not_reveal() -> None:
    given(*TABLE, HILLS).when(reveal(AT), by=ANN).refused(DmOnly)
    given(*TABLE, HILLS).when(hide(AT), by=ANN).refused(DmOnly)


def test_fifty_thousand_hexes_fit_into_a_command_and_one_more_does_not() -> None:
    keys = [f"{q},0" for q in range(MOST_HEXES)]
    command = RevealHexes.model_validate({"hexKeys": keys, "targets": "all"})
    (event,) = given().when(command).events
    assert event == HexesRevealed(hexes=((0, 0, MOST_HEXES),), to="all")
    with pytest.raises(TooMany):
        RevealHexes.model_validate({"hexKeys": [*keys, "0,1"], "targets": "all"})


def test_players_see_so_many_hexes_and_no_more() -> None:
    row = [HexesRevealed(hexes=((0, 0, SEEN_HEXES - 1),), to="all")]
    almost = given(*TABLE, *row)
    almost.when(reveal(Hex(0, 0), Hex(0, 1))).then(revealed(Hex(0, 1)))
    almost.when(reveal(Hex(0, 1), Hex(0, 2))).refused(TooMany)


def test_what_players_see_is_not_scattered_over_the_world() -> None:
    """Hexes of one tile share its 2 KB: 50 000 far from each other took 110 MB, and a second."""
    far = [Hex(16 * q, 16 * r) for q in range(200) for r in range(MOST_TILES // 200)]
    scattered = given(*TABLE, HexesRevealed(hexes=runs(far[:-1]), to="all"))
    scattered.when(reveal(far[-1])).then(revealed(far[-1]))
    scattered.when(reveal(far[0], Hex(1, 0))).then(revealed(Hex(1, 0)))
    scattered.when(reveal(far[-1], Hex(-16, 0))).refused(TooMany)


@pytest.mark.parametrize(
    "fields",
    [
        {"hexKeys": [], "targets": "all"},
        {"hexKeys": ["0,0"]},
        {"hexKeys": ["0,0"], "targets": "everyone"},
        {"hexKeys": ["0,0"], "targets": {"playerIds": []}},
        {"hexKeys": ["0,0"], "targets": {"playerIds": ["ann"], "within": 2}},
        {"hexKeys": ["0,0"], "targets": {"within": -1}},
        {"hexKeys": ["0,0"], "targets": {"within": 1.5}},
        {"hexKeys": ["0,0"], "targets": {"within": True}},
        {"hexKeys": ["0,0"], "targets": "all", "tier": "hidden"},
        {"hexKeys": ["0,0"], "targets": "all", "tire": "full"},
        {"hexKeys": "none", "targets": "all"},
        {"hexKeys": [1], "targets": "all"},
        {"hexKeys": ["1,2,3"], "targets": "all"},
    ],
)
def test_a_malformed_reveal_is_no_command(fields: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        RevealHexes.model_validate(fields)


def test_a_command_survives_the_wire() -> None:
    for command in (reveal(AT, to=ONLY_ANN), reveal(AT, tier="terrain"), hide(AT, NEXT)):
        assert command_from_wire(command_to_wire(command)) == command


def test_a_reveal_is_described_in_a_dms_words() -> None:
    room = given(*TABLE, HILLS).room
    assert reveal(AT, to=ONLY_ANN).describe(room) == "Reveal hex 0,0 to Ann"
    assert revealed(AT, NEXT).describe(room) == "Revealed 2 hexes around 0,0 to everyone"
