"""Ports for servers that are stopped and started again at the same place."""

import random
import socket


def free_port() -> int:
    """Return a port that nobody has, and that the system gives to nobody who does not name it.

    Connections that go out have ports from 32 768 up, so none of them is there when the server comes
    back.
    """
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(15_000, 32_768)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
