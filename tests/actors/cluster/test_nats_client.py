import asyncio
import logging

import pytest

from actors.cluster.nats_client import Sieve, sift

SENT = (
    b"PING\r\n"
    b"MSG hexroom.a.b.ask 1 11\r\nwith\r\nlines\r\n"
    b"+OK\r\n"
    b"MSG hexroom.a.b.beat 1 reply.to 0\r\n\r\n"
    b"HMSG hexroom.all.b.access 2 12 16\r\nNATS/1.0\r\n\r\nover\r\n"
    b'INFO {"version":"2"}\r\n'
)
MESSAGES = [
    (b"hexroom.a.b.ask", b"with\r\nlines"),
    (b"hexroom.a.b.beat", b""),
    (b"hexroom.all.b.access", b"over"),
]
OTHERS = b'PING\r\n+OK\r\nINFO {"version":"2"}\r\n'


@pytest.mark.parametrize("size", [*range(1, 40), len(SENT)])
def test_messages_are_taken_out_wherever_the_bytes_are_cut(size: int) -> None:
    came: list[tuple[bytes, bytes]] = []
    sieve = Sieve(lambda subject, data: came.append((subject, data)))

    others = [sieve.feed(SENT[at : at + size]) for at in range(0, len(SENT), size)]

    assert came == MESSAGES
    assert b"".join(others) == OTHERS
    assert all(line == b"" or line.endswith(b"\r\n") for line in others)


def test_a_message_that_fails_is_logged_and_those_after_it_come(
    caplog: pytest.LogCaptureFixture,
) -> None:
    came: list[bytes] = []

    def take(subject: bytes, data: bytes) -> None:
        if subject == b"hexroom.a.b.ask":
            raise RuntimeError("this one fails")
        came.append(data)

    with caplog.at_level(logging.ERROR):
        Sieve(take).feed(SENT)

    assert came == [b"", b"over"]
    assert "hexroom.a.b.ask" in caplog.text


async def test_what_was_read_before_the_sieve_was_there_passes_through_it() -> None:
    came: list[bytes] = []
    reader = asyncio.StreamReader()
    reader.feed_data(SENT[:20])

    sift(reader, Sieve(lambda _, data: came.append(data)))
    reader.feed_data(SENT[20:])

    assert came == [data for _, data in MESSAGES]
    assert await reader.read(1_000) == OTHERS
