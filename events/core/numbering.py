"""Numbering: the one place where messages that viewers share get each viewer's own numbers.

A message is encoded once for all who are sent it and lacks its closing brace from here on, so that
a number can be appended for each viewer. Streams, readers and the wire between nodes pass such
messages along; nothing but this module opens or closes them.
"""

from collections.abc import Sequence


def unnumbered(messages: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return encoded messages, ready to be numbered."""
    return tuple([message[:-1] for message in messages])


def numbered(bodies: Sequence[bytes], first: int) -> list[bytes]:
    """Return messages with their numbers from the first on, as they are sent."""
    return [b'%b,"seq":%d}' % (body, seq) for seq, body in enumerate(bodies, first)]
