"""Bundles: what a node is told in one turn is encoded once for each audience, and never overtakes."""

from typing import cast

from actors.cluster.peer_server import Bundle, RemoteReader
from actors.cluster.wire import PacketKind, frames, pack


class Far:
    """A connection at another node, of a player's."""

    def __init__(self, number: bytes) -> None:
        self.number = number

    def shared_topic(self) -> str:
        return "room.player"

    def private_topic(self) -> str:
        return f"room.user-{self.number.decode()}"


def far(number: bytes) -> RemoteReader:
    return cast(RemoteReader, Far(number))


def told(bundle: Bundle) -> list[tuple[bytes, ...]]:
    """Return the places and bodies of each frame, in the order in which they go."""
    found = []
    for _, payload in bundle.payloads():
        for frame in frames(payload):
            assert frame.kind is PacketKind.STREAM
            found.append(frame.fields)
    return found


def test_what_an_audience_is_told_goes_once_with_the_number_of_each() -> None:
    bundle, bodies = Bundle(), [b'{"type":"x"']
    assert bundle.add_stream(far(b"1"), bodies, 7)
    assert bundle.add_stream(far(b"2"), bodies, 3)
    assert told(bundle) == [(b"1:7 2:3", b'{"type":"x"')]


def test_what_is_told_again_comes_after_what_was_told_between() -> None:
    bundle, reader = Bundle(), far(b"1")
    first, second = [b'{"type":"x"'], [b'{"type":"y"']
    for number, bodies in enumerate((first, second, first), 1):
        assert bundle.add_stream(reader, bodies, number)
    assert [places for places, *_ in told(bundle)] == [b"1:1", b"1:2", b"1:3"]


def test_a_reader_whose_topic_changes_needs_another_bundle() -> None:
    bundle, reader = Bundle(), far(b"1")
    assert bundle.add_stream(reader, [b'{"type":"x"'], 1)
    assert not bundle.add_private(reader, [b'{"type":"session:state"}'])


def test_answers_go_with_the_last_of_what_is_told_and_after_it() -> None:
    bundle = Bundle()
    bundle.answers.append(pack(PacketKind.ANSWER, b"1"))
    assert bundle.add_stream(far(b"1"), [b'{"type":"x"'], 7)
    assert bundle.add_private(far(b"2"), [b'{"type":"session:state"}'])
    sent = [[frame.kind for frame in frames(payload)] for _, payload in bundle.payloads()]
    assert sent == [[PacketKind.STREAM], [PacketKind.PRIVATE, PacketKind.ANSWER]]


def test_answers_with_nothing_told_go_alone() -> None:
    bundle = Bundle()
    bundle.answers.append(pack(PacketKind.ANSWER, b"1"))
    assert list(bundle.payloads()) == [("answers", pack(PacketKind.ANSWER, b"1"))]
