"""A context that is slower than the others: a TCP proxy that lets every connection wait before it passes anything on."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit


@contextlib.contextmanager
def slower(server: str, seconds: float) -> Iterator[str]:
    """The URL of a proxy in front of an API server, on this host, for as long as the block runs."""
    target = urlsplit(server)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = (str(target.hostname), target.port or 443)
        threading.Thread(target=_accept, args=(listening, address, seconds), daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def _accept(listening: socket.socket, address: tuple[str, int], seconds: float) -> None:
    while True:
        try:
            near, _who = listening.accept()
        except OSError:  # closed: the block has ended
            return
        threading.Thread(target=_serve, args=(near, address, seconds), daemon=True).start()


def _serve(near: socket.socket, address: tuple[str, int], seconds: float) -> None:
    time.sleep(seconds)
    with near, socket.create_connection(address) as far:
        back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
        back.start()
        _pass_on(near, far)
        back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            sink.sendall(received)
        sink.shutdown(socket.SHUT_WR)
