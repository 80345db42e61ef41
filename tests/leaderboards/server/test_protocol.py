"""Connections that misbehave, over a real network."""

import asyncio
import contextlib
import logging
import socket
import threading
import time

import pytest
import uvicorn

from benchwright_leaderboards.server.protocol import bounded_protocol

SECONDS = 0.4
LONG = 120
"""Seconds for which no test lasts, however loaded the machine is."""
MUCH = 30_000_000
"""Bytes: more than the system takes from a server for a client that reads nothing."""


async def answer(scope, receive, send):
    """The application: much at /much, else two bytes."""
    body = b"x" * MUCH if scope["path"] == "/much" else b"ok"
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def served(seconds):
    """A server that gives up what is still for so long, and where it listens."""
    protocol = bounded_protocol(seconds=seconds, of_client=4)
    config = uvicorn.Config(
        answer, port=0, http=protocol, ws="none", lifespan="off", timeout_keep_alive=1, log_level="error"
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        yield server, listening.getsockname()
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def impatient():
    """A server that gives up soon, and its address."""
    with served(SECONDS) as found:
        yield found


@pytest.fixture
def address(impatient):
    return impatient[1]


def ask(address, sent):
    """Seconds after which the server ends the connection."""
    start = time.monotonic()
    with socket.create_connection(address, timeout=LONG) as client:
        client.sendall(sent)
        taken(client)
    return time.monotonic() - start


def taken(client, *, pause=0.0, pauses=0):
    """Bytes that come until the server ends the connection; so many pauses are made while they come."""
    got = 0
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(400_000):
            got += len(part)
            if pauses:
                pauses -= 1
                time.sleep(pause)
    return got


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHo", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_request_that_does_not_come_to_an_end_is_given_up(address, sent):
    """A connection on which nothing is sent, or a request that is never whole, ends after its time."""
    assert ask(address, sent) >= SECONDS


def test_a_response_that_nobody_takes_is_given_up(impatient):
    """Who asks for much and reads nothing does not hold the connection and the bytes."""
    server, address = impatient
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(address)
        client.sendall(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        client.settimeout(LONG)
        while not server.server_state.tasks:
            time.sleep(0.01)
        while server.server_state.connections:
            time.sleep(0.01)
        assert taken(client) < MUCH


def test_who_reads_slowly_gets_everything():
    """Slow is not still: as long as something goes through, it goes on, for longer than nothing may."""
    with served(1.0) as (_, address), socket.create_connection(address, timeout=LONG) as client:
        client.sendall(b"GET /much HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert taken(client, pause=0.1, pauses=12) > MUCH


def test_an_address_has_a_number_of_connections():
    """More than that are ended at once, not when their time is over; those that stand are answered."""
    with served(2 * LONG) as (_, address):
        first = [socket.create_connection(address, timeout=LONG) for _ in range(4)]
        try:
            assert ask(address, b"") < LONG
            first[0].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert first[0].recv(1_000).startswith(b"HTTP/1.1 200")
        finally:
            for one in first:
                one.close()


def test_garbage_after_a_request_leaves_no_traceback(address, caplog):
    """What is no HTTP ends the connection, and the log does not fill with faults of ours."""
    with caplog.at_level(logging.ERROR, logger="uvicorn.error"):
        ask(address, b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n")
        ask(address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert not caplog.records
