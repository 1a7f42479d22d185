from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.cluster.wire import (
    Direction,
    Frame,
    Intake,
    Packet,
    PacketKind,
    cut,
    frames,
    pack,
    parse_packet,
)

payloads = st.lists(st.binary(max_size=40), min_size=1, max_size=12)


def packets(said: list[bytes], most: int) -> list[Packet]:
    made: list[Packet] = []
    for payload in said:
        pieces = cut(payload, most)
        for index, piece in enumerate(pieces, 1):
            made.append(Packet(Direction.SAY, 7, len(made), index < len(pieces), piece))
    return made


@given(payloads, st.integers(1, 20), st.randoms(use_true_random=False))
def test_repeated_and_reordered_packets_are_read_once_and_in_order(
    said: list[bytes], most: int, chance: Random
) -> None:
    sent = packets(said, most) * 2
    chance.shuffle(sent)
    intake = Intake()

    read = [payload for each in sent for payload in intake.take(parse_packet(each.encode()))]

    assert read == said
    assert not intake.gap


def test_a_packet_that_is_missing_leaves_a_gap() -> None:
    first, _, third = packets([b"a", b"b", b"c"], 10)
    intake = Intake()

    assert [*intake.take(first), *intake.take(third)] == [b"a"]
    assert intake.gap


@given(
    st.lists(st.tuples(st.sampled_from(PacketKind), st.lists(st.binary(max_size=20), max_size=5)))
)
def test_frames_are_read_as_they_were_packed(said: list[tuple[PacketKind, list[bytes]]]) -> None:
    payload = b"".join(pack(kind, *fields) for kind, fields in said)

    assert list(frames(payload)) == [Frame(kind, tuple(fields)) for kind, fields in said]


@pytest.mark.parametrize("cut_off", [b"\x05", pack(PacketKind.ASK, b"1", b"abc")[:-1]])
def test_a_frame_that_is_cut_off_is_refused(cut_off: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        list(frames(cut_off))


def test_what_is_no_packet_is_refused() -> None:
    with pytest.raises(ValueError, match="not a packet"):
        parse_packet(b"hello")


def test_frames_of_a_kind_that_only_a_newer_node_knows_are_passed_over() -> None:
    newer = b"\xfe" + pack(PacketKind.ASK, b"what?")[1:]

    assert list(frames(newer + pack(PacketKind.BEAT))) == [Frame(PacketKind.BEAT, ())]
