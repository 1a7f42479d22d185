"""A proxy before a server whose lines can go dead: nothing comes through any more, and nobody is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CHUNK: Final = 65536


class LineProxy:
    """Passes bytes on, until the lines that are open are frozen; new ones pass."""

    def __init__(self, target: int) -> None:
        self._target = ("127.0.0.1", target)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[tuple[socket.socket, threading.Event]] = []
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        """Let nothing more through on the lines that are open now; they stay open."""
        for _, frozen in self._open:
            frozen.set()

    def close(self) -> None:
        self._listener.close()
        for line, _ in self._open:
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            frozen = threading.Event()
            self._open += [(near, frozen), (far, frozen)]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pass, args=(source, sink, frozen), daemon=True).start()


def _pass(source: socket.socket, sink: socket.socket, frozen: threading.Event) -> None:
    try:
        while data := source.recv(_CHUNK):
            if not frozen.is_set():
                sink.sendall(data)
        if not frozen.is_set():
            sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@contextmanager
def before(port: int) -> Iterator[LineProxy]:
    """Yield a proxy before the server at a port of this machine."""
    proxy = LineProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
