"""uvicorn's HTTP/1.1, with an end to connections that nothing comes from or nothing goes through."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_LOOK_SECONDS = 5.0


class BoundedProtocol(H11Protocol):
    """One connection.

    Attributes:
        seconds: In which a whole request must have come, from the first byte of it or from when the connection was made; a response of which a
            client takes nothing for as long is given up too.
        of_client: Connections of one address; more are closed at once. 0: any number, as behind a proxy.
    """

    seconds, of_client = 10.0, 100

    _since, _left, _left_since = 0.0, 0, 0.0
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Begin, unless the address has too many."""
        super().connection_made(transport)
        self._since = self.loop.time()
        if self.of_client and sum(_address(one) == _address(self) for one in self.connections) > self.of_client:
            transport.abort()
            return
        self._look = self.loop.call_later(min(_LOOK_SECONDS, self.seconds), self._check)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note when the first byte of a request comes."""
        if self.timeout_keep_alive_task is not None:
            self._since = self.loop.time()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Note when the next request may come."""
        self._since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; a response to what came before it can no longer be sent."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.transport.close()
            return
        super().send_400_response(msg)

    def _check(self) -> None:
        now, left = self.loop.time(), self.transport.get_write_buffer_size()
        if left != self._left or not left:
            self._left, self._left_since = left, now
        if left and now - self._left_since >= self.seconds:
            self.transport.abort()
            return
        answers = self.cycle is not None and not self.cycle.response_complete
        if not left and not answers and now - self._since >= self.seconds and self.timeout_keep_alive_task is None:
            self.transport.close()
            return
        self._look = self.loop.call_later(min(_LOOK_SECONDS, self.seconds), self._check)


def bounded_protocol(*, seconds: float, of_client: int) -> type[BoundedProtocol]:
    """The class of a server with these limits (`BoundedProtocol`)."""
    return type("LimitedProtocol", (BoundedProtocol,), {"seconds": seconds, "of_client": of_client})


def _address(one: Any) -> Any:
    client = getattr(one, "client", None)
    return client[0] if client else None
