"""`board serve`: the application under uvicorn until it is told to stop."""

from __future__ import annotations

import errno
import socket
import sys
from pathlib import Path

from benchwright import console
from benchwright.errors import BenchwrightError
from benchwright_leaderboards.server.limits import Limits

_DRAIN_SECONDS = 10
_CONNECTIONS = 512
"""Open at once, of all clients; more are answered with 503."""
_SWITCH_SECONDS = 0.0005
"""How long a thread that makes a page may keep the interpreter from the one that answers."""


def serve(root: Path, *, host: str, port: int, limits: Limits, index: str | None = None) -> None:
    """Serve the board in a folder; returns when the process is told to stop, after the requests at hand.

    Raises:
        BenchwrightError: There is no board, or the address cannot be listened on.
    """
    import uvicorn

    from benchwright_leaderboards.server.app import make_app
    from benchwright_leaderboards.server.protocol import bounded_protocol

    app = make_app(root, limits, index=index)
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    console.say(f"http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
    config = uvicorn.Config(
        app,
        http=bounded_protocol(
            seconds=limits.request_seconds, of_client=0 if limits.trust_proxy else limits.connections
        ),
        ws="none",
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=15,
        proxy_headers=False,
        h11_max_incomplete_event_size=16 * 1024,
    )
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt("the server has ended; the board is as it was") from stop


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises BenchwrightError where that is not possible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BenchwrightError(
            f"no address {host!r}: {error.strerror}",
            expected="a name or number of this machine",
            hint="--host 127.0.0.1",
        ) from error
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except OSError as error:
        found.close()
        taken = error.errno == errno.EADDRINUSE
        raise BenchwrightError(
            f"cannot listen on {host} port {port}: {error.strerror}",
            expected="a free port" if taken else "a port from 1024 on, of this machine",
            hint=f"choose another: --port {port + 1 if taken and port < 65_535 else 8000}",
        ) from error
    return found
