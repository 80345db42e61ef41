"""Bytes with what HTTP says of them: type, strong ETag, packed form; made once for each digest, and held up to a size."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from benchwright.inert import inert_json

LARGEST = 256 * 2**20
"""Bytes that the cache holds; the ones asked for longest ago go first."""
_PACKED_FROM = 1_000
"""Bytes from which packing is worth its header."""
_HELD = 1_000
"""Bytes that a body and its key take besides what they say, so that the number of small ones is bounded too."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".xml": "application/atom+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A body that can be sent."""

    content: bytes
    packed: bytes | None
    etag: str
    kind: str

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self.content) + len(self.packed or b"")


def make_body(content: str | bytes, kind: str) -> Body:
    """A body of some content type; its ETag is a digest of the content alone."""
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    packed = gzip.compress(data, 6, mtime=0) if len(data) >= _PACKED_FROM else None
    etag = hashlib.sha256(data).hexdigest()[:32]
    return Body(content=data, packed=packed if packed and len(packed) < len(data) else None, etag=etag, kind=kind)


def make_json(value: Any) -> Body:
    """A JSON document; what could be obeyed by a terminal is written as escapes."""
    text = msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1).decode()
    return make_body(inert_json(text) + "\n", "application/json")


def type_of(path: str) -> str:
    """The content type that a file name tells."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


class BodyCache:
    """Bodies by key, at most so many bytes of them; used by several threads."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.largest, self.bytes, self.hits, self.misses = largest, 0, 0, 0
        self._held: OrderedDict[tuple[str, str], Body] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: tuple[str, str]) -> Body | None:
        """The body of a key, if it is held."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._held.move_to_end(key)
            return found

    def make(self, key: tuple[str, str], build: Callable[[], Body]) -> Body:
        """The body of a key, made where it is not held; two threads may make it at once, which gives the same bytes."""
        found = self.find(key)
        if found is None:
            found = build()
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, str], body: Body) -> None:
        with self._lock:
            old = self._held.pop(key, None)
            self.bytes += _held(key, body) - (_held(key, old) if old else 0)
            self._held[key] = body
            while self.bytes > self.largest and len(self._held) > 1:
                self.bytes -= _held(*self._held.popitem(last=False))


def _held(key: tuple[str, str], body: Body) -> int:
    return body.size + sum(map(len, key)) + _HELD


def respond(request: Request, body: Body, *, status: int = 200) -> Response:
    """The response to a GET or HEAD: 304 where the client has this ETag, packed where it takes that."""
    packed = body.packed is not None and _takes_gzip(request.headers.get("accept-encoding", ""))
    etag = f'"{body.etag}-gzip"' if packed else f'"{body.etag}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    if body.packed is not None:
        headers["vary"] = "Accept-Encoding"
    if status == 200 and _has(request.headers.get("if-none-match", ""), body.etag):
        return Response(status_code=304, headers=headers)
    headers["content-type"] = body.kind
    content = body.packed if packed else body.content
    if packed:
        headers["content-encoding"] = "gzip"
    if request.method == "HEAD":
        headers["content-length"] = str(len(content or b""))
        return Response(status_code=status, headers=headers)
    return Response(content, status_code=status, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    """Whether ``Accept-Encoding`` allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.split(","):
        name, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        weights[name.strip().lower()] = weight not in ("0", "0.0", "0.00", "0.000")
    return weights.get("gzip", weights.get("*", False))


def _has(told: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names the ETag, packed or not, or anything (RFC 9110, 13.1.2: weak comparison)."""
    if told.strip() == "*":
        return True
    names = {part.strip().removeprefix("W/") for part in told.split(",")}
    return f'"{etag}"' in names or f'"{etag}-gzip"' in names
