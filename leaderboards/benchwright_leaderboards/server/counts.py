"""What is told of the server at ``/metrics``, in Prometheus's text form; labels come from our routes, never from clients."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of response times, in seconds."""


class RequestCounts:
    """Requests by route and status, and their times; used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()

    def add(self, route: str, status: int, seconds: float) -> None:
        """Count a response."""
        with self._lock:
            self._requests[route, status] += 1
            buckets = self._buckets.setdefault(route, [0] * (len(BOUNDS) + 1))
            buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment] # a Counter of seconds

    def lines(self) -> list[str]:
        """Lines of the text form."""
        with self._lock:
            requests, buckets, seconds = dict(self._requests), dict(self._buckets), dict(self._seconds)
        found = ["# TYPE benchwright_requests_total counter"]
        found += [
            f'benchwright_requests_total{{route="{route}",status="{status}"}} {number}'
            for (route, status), number in sorted(requests.items())
        ]
        found.append("# TYPE benchwright_request_seconds histogram")
        for route, counts in sorted(buckets.items()):
            total = 0
            for bound, number in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                total += number
                found.append(f'benchwright_request_seconds_bucket{{route="{route}",le="{bound}"}} {total}')
            found.append(f'benchwright_request_seconds_sum{{route="{route}"}} {seconds[route]:.6f}')
            found.append(f'benchwright_request_seconds_count{{route="{route}"}} {total}')
        return found


def gauge(name: str, value: float) -> list[str]:
    """Lines of a number that goes up and down."""
    return [f"# TYPE benchwright_{name} gauge", f"benchwright_{name} {value:g}"]
