"""What a client may ask for."""

from benchwright_leaderboards.server.limits import Limits, TokenBuckets


def test_a_burst_passes_and_then_the_rate_counts():
    """A full bucket lets a burst through; afterwards a request passes when the rate has filled in one."""
    now = [0.0]
    buckets = TokenBuckets(Limits(rate=2, burst=3), clock=lambda: now[0])

    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.wait("a") == 0.5
    now[0] = 0.5
    assert buckets.wait("a") == 0
    assert buckets.wait("a") == 0.5


def test_clients_do_not_use_up_one_anothers_requests():
    """Each address has its own bucket, and of too many addresses the one not seen longest is forgotten."""
    now = [0.0]
    buckets = TokenBuckets(Limits(rate=1, burst=1, clients=2), clock=lambda: now[0])

    assert [buckets.wait(name) for name in "ab"] == [0, 0]
    assert buckets.wait("a") == 1
    assert buckets.wait("c") == 0
    assert buckets.wait("b") == 0, "it was forgotten, so it begins anew"


def test_a_rate_of_zero_is_no_limit():
    """Rate 0 lets everything through."""
    buckets = TokenBuckets(Limits(rate=0, burst=1))

    assert {buckets.wait("a") for _ in range(100)} == {0.0}
