"""How fast a board is served: `python benchmarks/board_server.py BOARD [--index URL]... [--seconds N] [--write]`.

The overview of the board and an empty Starlette route, each in a uvicorn process of its own, are asked in turn, 50 requests a second each
for the same minute: request k is due at its time whatever became of the one before (open loop), and its latency counts from when it was due.
Then memory: resident bytes of the server over 20,000 requests of all kinds. `--index` may be repeated: each is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

RATE = 50
"""Requests a second."""
MEMORY_REQUESTS, WARM = 20_000, 4_000
_EMPTY = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def empty(request):
    return Response(b"")
uvicorn.run(Starlette(routes=[Route("/", empty)]), port=int(sys.argv[1]), log_level="warning")
"""


class Client:
    """One kept connection: raw HTTP/1.1, so that the client costs little and the same for both servers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, int]:
        """Status and bytes of the body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
        status = int(head.split(b" ", 2)[1])
        if length and status != 304:
            await reader.readexactly(length)
        return status, length


class Pool:
    """Connections that are free; a request that is due never waits for another one."""

    def __init__(self, port: int) -> None:
        self.port, self._free = port, list[Client]()

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        found = self._free.pop() if self._free else Client(self.port)
        yield found
        self._free.append(found)


async def ask(pool: Pool, path: str, due: float, told: list[float]) -> None:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    async with pool.client() as client:
        status, _ = await client.get(path)
    assert status == 200, status
    told.append(time.perf_counter() - due)


async def in_turn(ports: dict[str, int], seconds: int) -> dict[str, list[float]]:
    """Latencies of `/` of each server: every server at `RATE`, in turn within each period."""
    pools = {name: Pool(port) for name, port in ports.items()}
    found: dict[str, list[float]] = {name: [] for name in ports}
    start = time.perf_counter() + 0.5
    tasks = [
        asyncio.create_task(ask(pools[name], "/", start + (period + turn / len(ports)) / RATE, found[name]))
        for period in range(seconds * RATE)
        for turn, name in enumerate(ports)
    ]
    await asyncio.gather(*tasks)
    return found


async def many(port: int, pid: int, addresses: list[str]) -> dict[str, Any]:
    """Resident megabytes of a server along `MEMORY_REQUESTS` requests of all kinds, four at a time."""
    rng, told, statuses = random.Random(0), list[tuple[int, float]](), dict[str, int]()
    clients = [Client(port) for _ in range(4)]
    asked = 0

    async def worker(client: Client) -> None:
        nonlocal asked
        while asked < MEMORY_REQUESTS:
            asked += 1
            number = asked
            address = rng.choice(addresses)
            if rng.random() < 0.2:
                address = f"/api/v1/entries?q={rng.randrange(10**6)}&sort=-score"
            status, _ = await client.get(address)
            statuses[str(status)] = statuses.get(str(status), 0) + 1
            if number == WARM or number % 4_000 == 0:
                told.append((number, resident_mb(pid)))

    start = time.perf_counter()
    await asyncio.gather(*map(worker, clients))
    return {
        "requests": asked,
        "seconds": time.perf_counter() - start,
        "statuses": statuses,
        "resident_mb": sorted(told),
    }


def resident_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


@contextlib.contextmanager
def server(command: list[str], port: int, patience: float = 600) -> Iterator[int]:
    """A server in a process of its own, once it listens; yields its process id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise SystemExit(f"{command} ended with {process.returncode}")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def measure(board: str, index: str | None, seconds: int) -> dict[str, Any]:
    ports = {"board": free_port(), "empty": free_port()}
    serve = [sys.executable, "-m", "benchwright", "board", "serve", "--board", board, "--rate", "0"]
    serve += ["--port", str(ports["board"]), *(["--index", index] if index else [])]
    with (
        server([sys.executable, "-c", _EMPTY, str(ports["empty"])], ports["empty"]),
        server(serve, ports["board"]) as pid,
    ):
        asyncio.run(in_turn(ports, 3))  # imports, first connections, first rendering
        found = asyncio.run(in_turn(ports, seconds))
        listed = asyncio.run(entries_of(ports["board"]))
        addresses = ["/", "/api/v1/board", "/api/v1/entries", "/method.html", "/health", "/metrics"]
        addresses += [f"/models/{name}.html" for name in listed[:40]] + [
            f"/api/v1/entries/{name}" for name in listed[:40]
        ]
        memory = asyncio.run(many(ports["board"], pid, addresses))
    told = {
        name: {"requests": len(values), "p50_ms": statistics.median(values) * 1e3, "p99_ms": p99(values) * 1e3}
        for name, values in found.items()
    }
    kind = "postgresql" if index and index.startswith("postgres") else "sqlite"
    return {
        "index": kind,
        "entries": len(listed),
        "latency": told,
        "p99_ratio": told["board"]["p99_ms"] / told["empty"]["p99_ms"],
        "memory": memory,
    }


async def entries_of(port: int) -> list[str]:
    client = Client(port)
    reader_port, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"GET /api/v1/entries?size=500 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    text = (await reader_port.read()).partition(b"\r\n\r\n")[2]
    writer.close()
    return [one["id"] for one in json.loads(text)["entries"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("board", help="Folder of the board.")
    parser.add_argument(
        "--index", action="append", default=[], help="URL of an index beside the board's own SQLite file."
    )
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--write", action="store_true", help="Write benchmarks/results/DATE-board-server.json.")
    asked = parser.parse_args()
    found = []
    for index in (None, *asked.index):
        one = measure(asked.board, index, asked.seconds)
        found.append(one)
        print(json.dumps(one, indent=1))
    if asked.write:
        today = dt.datetime.now(dt.UTC).date().isoformat()
        about = {
            "date": today,
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        }
        path = Path(__file__).parent / "results" / f"{today}-board-server.json"
        path.write_text(json.dumps({**about, "rate": RATE, "measured": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
