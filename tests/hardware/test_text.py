"""What a terminal shows of hardware profiles fits its width, loses nothing, and says why a value is missing once."""

import unicodedata

import pytest

from benchwright.hardware.text import hardware_lines
from benchwright.types import GridPoint


def cells(line):
    """Columns that a line takes in a terminal."""
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line if not unicodedata.combining(sign)
    )


def text(profiles, width=100):
    return "\n".join(hardware_lines(profiles, width=width))


@pytest.mark.parametrize("width", [100, 80])
@pytest.mark.parametrize(
    "names",
    [
        ("minilm", "bert-base", "tfidf"),
        ("a-model-with-a-name-that-is-longer-than-any-column-of-a-table-should-be",) * 1,
        ("感情分析モデル大規模版第二世代日本語", "模型", "m"),
        ("x" * 300,),
    ],
)
def test_no_line_is_longer_than_the_terminal(by_hand, width, names):
    """Whatever models are called, in Latin or in wide letters."""
    lines = hardware_lines(by_hand.everything(names), width=width)

    assert max(map(cells, lines)) <= width


def test_each_model_has_a_row_with_its_percentiles_and_their_intervals(by_hand):
    """Median and p90 with intervals in the unit of the value; p95 and p99 are refused with the count that they need."""
    shown = text([(name, by_hand.single_stream(name)) for name in ("minilm", "bert-base")])

    assert "minilm          5.12 ms       6.14 ms    –    –" in shown
    assert "[5.02, 5.27]  [5.89, 6.71]" in shown
    assert "43.1 ms" in shown
    assert shown.count("needs 368") == 1
    assert shown.count("needs 72") == 1


def test_a_value_that_cannot_be_read_is_a_reason_and_no_zero(by_hand):
    """Energy without a counter is told in words, once for all models, and has no column."""
    shown = text([(name, by_hand.offline(name)) for name in ("minilm", "bert-base")])

    assert shown.count("– energy: RAPL cannot be read: permission denied") == 1
    assert "0 J" not in shown


def test_a_reason_names_the_models_that_it_is_about_where_others_have_a_value(by_hand):
    """Of two models one has no throughput."""
    failed = by_hand.profile("bert-base", "offline", [by_hand.one("throughput", None, reason="out of memory")])
    shown = text([("minilm", by_hand.offline("minilm")), ("bert-base", failed)])

    assert "– throughput: out of memory (bert-base)" in shown


def test_profiles_of_differing_machines_never_share_a_table(by_hand):
    """Two machines, two tables, each with its own machine in its head."""
    there = by_hand.single_stream("bert-base", machine=by_hand.THERE)
    lines = hardware_lines([("minilm", by_hand.single_stream("minilm")), ("bert-base", there)], width=100)
    heads = [at for at, line in enumerate(lines) if line.startswith("hardware: ")]
    first, second = lines[: heads[1]], lines[heads[1] :]

    assert len(heads) == 2
    assert any("AMD EPYC 7B13" in line for line in first)
    assert not any("bert-base" in line for line in first)
    assert any("bench-2, Intel Xeon 8481C" in line for line in second)
    assert not any("minilm" in line for line in second)


def test_a_model_that_was_never_steady_is_marked_and_the_sentence_stands_below(by_hand):
    """The mark stands beside its name, what was seen below the tables, in words."""
    shown = text([("minilm", by_hand.never_steady("minilm"))])

    assert "minilm !" in shown
    assert "! minilm on single stream: never steady within 8 s: the slope moves the median by 4 %" in shown


def test_the_saturation_of_a_sweep_is_marked_and_what_failed_is_said_once(by_hand):
    """Batches and lengths as a grid; the point where the throughput stops growing has a sign with a legend."""
    lines = hardware_lines([("minilm", by_hand.sweep("minilm"))], width=100)
    row = next(line for line in lines if line.strip().startswith("16  "))

    assert row.split() == ["16", "800/s", "^", "200/s", "^", "100/s", "^"]
    assert sum("saturated: from here on" in line for line in lines) == 1
    assert "– batch 32 of 128 tokens: out of memory: 2.1 GB were asked for" in lines
    assert next(line for line in lines if line.strip().startswith("2  ")).split()[2:4] == ["83.3/s", "!"]


def test_the_check_of_the_machine_stands_before_the_ratios(by_hand):
    """A/A first; where it is too noisy, each ratio says that it tells nothing."""
    quiet = hardware_lines([("bert-base", by_hand.interleaved("bert-base"))], width=100)
    noisy = text([("bert-base", by_hand.interleaved("bert-base", noise=0.31, noisy=True))])
    check = next(at for at, line in enumerate(quiet) if line.startswith("A/A"))

    assert "at most 2.1 % (limit 10 %): quiet enough" in quiet[check]
    assert any("x 1.052  [1.031, 1.074]" in line for line in quiet[check:])
    assert "too noisy, no ratio here tells anything" in noisy.replace("\n  ", " ")
    assert "too noisy to tell" in noisy


def test_a_server_shows_the_rate_that_holds_the_bound(by_hand):
    """Rate, its 99th percentile and the generator's lag, with intervals; then the rates that were tried."""
    shown = text([("minilm", by_hand.server("minilm"))])

    assert "99th percentile within 130 ms" in shown
    assert "rate" in shown
    assert "120/s  [110, 128]" in shown
    assert "118 ms  [109, 127]" in shown


def test_hostile_names_do_nothing(by_hand):
    """Escapes, line feeds and commands of CI runners in names and reasons are shown as marks."""
    evil = "x\x1b[2J\n::error::pwned\u202e"
    bad = by_hand.profile(evil, "offline", [by_hand.one("throughput", None, reason=f"no {evil}")], base=f"a/{evil}")
    lines = hardware_lines([(evil, bad), (evil, by_hand.single_stream(evil))], width=80)
    lines += hardware_lines(by_hand.everything((evil, "b")), width=80)

    assert not any(sign in line for line in lines for sign in "\x1b\n\u202e")
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_an_interval_with_one_end_is_shown_with_its_reason(by_hand):
    """A throughput that may be any number above 69.8 a second."""
    half = by_hand.one("throughput", 149.0, 69.8, None, reason="times vary so much that the interval has no upper end")
    shown = text([("minilm", by_hand.profile("minilm", "offline", [half]))])

    assert "149/s" in shown
    assert "[69.8, –]" in shown
    assert "times vary so much that the interval has no upper end" in shown


def test_lengths_of_one_scenario_are_rows(by_hand):
    """Throughput of inputs of 16 and of 64 tokens, which have none together."""
    points = tuple(
        GridPoint(batch=32, length=length, quantities=(by_hand.one("throughput", 1000.0 / length),))
        for length in (16, 64)
    )
    shown = text([("minilm", by_hand.profile("minilm", "offline", grid=points))])

    assert "inputs of given lengths, offline, minilm" in shown.replace("\n", " ")
    assert "16 tokens" in shown
    assert "62.5/s" in shown
    assert "64 tokens" in shown


def test_a_latency_with_waiting_is_not_taken_for_one_without(by_hand):
    """One model was measured one query after another, another one as a server and a third in turn: the table says which."""
    server = by_hand.profile("bert-base", "server", by_hand.latencies(0.05))
    turns = by_hand.profile("tfidf", "interleaved", by_hand.latencies(0.001))
    shown = text([("minilm", by_hand.single_stream("minilm")), ("bert-base", server), ("tfidf", turns)])
    alone = text([("bert-base", server)])

    assert "waiting included" in shown
    assert "(bert-base)" in shown
    assert "of blocks in turn with other models" in shown
    assert "waiting included" not in alone
