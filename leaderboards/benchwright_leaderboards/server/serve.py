"""`board serve`: the application under uvicorn until it is told to stop."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from benchwright import console
from benchwright.errors import BenchwrightError
from benchwright_leaderboards.server.limits import Limits

_DRAIN_SECONDS = 10


def serve(root: Path, *, host: str, port: int, limits: Limits, index: str | None = None) -> None:
    """Serve the board in a folder; returns when the process is told to stop, after the requests at hand.

    Raises:
        BenchwrightError: There is no board, or the address cannot be listened on.
    """
    import uvicorn

    from benchwright_leaderboards.server.app import make_app

    app = make_app(root, limits, index=index)
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    console.say(f"http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        limit_concurrency=512,
        timeout_keep_alive=15,
        proxy_headers=False,
        h11_max_incomplete_event_size=16 * 1024,
    )
    uvicorn.Server(config).run(sockets=[listening])


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
