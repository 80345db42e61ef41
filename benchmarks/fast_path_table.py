"""What the rounds of ``fast_path.py`` say together, as figures and as a table."""

from __future__ import annotations

import statistics

_SHOWN = {
    "ours": "benchwright",
    "forward": "the forward loop over the same buffers",
    "loop": "sorted loop, 1,024 padded tokens",
    "trainer": "Trainer.predict, batches of",
    "pipeline": "pipeline, batches of",
    "cross": "CrossEncoder.predict, batches of",
}


def shown(way):
    """A way, as people call it."""
    name, _, batch = way.partition("-")
    return f"{_SHOWN[name]} {batch}".strip()


def summary(name, rounds, rate):
    """Medians over rounds, and ratios to ours within each round, of one task; ``rate``: operations a second of the best matrix product."""
    ways = dict.fromkeys(way for one in rounds for way in one["ways"])
    rows = [_row(way, rounds) for way in ways]
    facts = next((one["ways"][way] for one in rounds for way in ("ours", "forward") if way in one["ways"]), {})
    work = facts.get("work") or {}
    seconds = {row["way"]: row["median_s"] for row in rows}
    limits = {}
    if "ours" in seconds and "forward" in seconds:
        limits["ours_over_forward_loop"] = next(row["times_ours"] for row in rows if row["way"] == "forward") ** -1
    if work.get("flops") and rate:
        limits["seconds_at_matrix_rate"] = work["flops"] / rate
        limits |= {
            f"share_of_matrix_rate_{way}": work["flops"] / seconds[way] / rate
            for way in ("ours", "forward")
            if way in seconds
        }
    if work.get("padded_tokens"):
        limits["filled_share"] = 1 - work["tokens"] / work["padded_tokens"]
    limits = {name: round(value, 4) for name, value in limits.items()}
    return {
        "task": name,
        "rounds": len(rounds),
        "settings": facts.get("settings"),
        "work": work,
        "limits": limits,
        "rows": rows,
    }


def _row(way, rounds):
    """Figures of one way."""
    mine = [one["ways"] for one in rounds if way in one["ways"]]
    each = {kind: [statistics.median(ways[way][kind]) for ways in mine] for kind in ("wall", "processor")}
    row = {"way": way, "shown": shown(way), "rounds": len(mine)}
    row |= {
        "median_s": round(statistics.median(each["wall"]), 3),
        "processor_s": round(statistics.median(each["processor"]), 3),
    }
    for kind, name in (("wall", "times_ours"), ("processor", "times_ours_processor")):
        ratios = [
            statistics.median(ways[way][kind]) / statistics.median(ways["ours"][kind])
            for ways in mine
            if "ours" in ways
        ]
        if ratios:
            row |= {
                name: round(statistics.median(ratios), 3),
                f"{name}_range": [round(min(ratios), 3), round(max(ratios), 3)],
            }
    apart = [ways[way]["apart"] for ways in mine if "apart" in ways[way]]
    return row | {
        "largest_difference": max(apart, default=None),
        "peak_mib": max(ways[way]["peak_mib"] for ways in mine),
    }


def tell(tasks, rate, race):
    """All tables, for people."""
    for task in tasks:
        _tell_task(task, race)
    print(
        f"\nbest matrix product here: {(rate or 0) / 1e9:.0f} GFLOP/s in {race['dtype']}, {race['threads']} threads on {race['device']}"
    )
    print(
        "Medians of rounds; times ours: the ratio within a round, its median and [least, largest]. Differences: the largest of a probability."
    )


def _tell_task(task, race):
    name, work = task["task"], task["work"]
    kind = f"{race['texts'][name]} texts, {race['checkpoints'][name]} checkpoint"
    print(f"\n{name} ({kind}): {work.get('inputs')} texts, {work.get('tokens')} tokens")
    print(f"  {'':<42}{'rounds':>7}{'seconds':>9}{'processor':>11}  {'times ours':<21}{'by processor':>13}  difference")
    for row in task["rows"]:
        ratio = ""
        if "times_ours" in row:
            ratio = f"{row['times_ours']:5.2f} [{row['times_ours_range'][0]:.2f}, {row['times_ours_range'][1]:.2f}]"
        processor = f"{row['times_ours_processor']:.2f}" if "times_ours_processor" in row else ""
        apart = "" if row["largest_difference"] is None else f"{row['largest_difference']:.1e}"
        print(
            f"  {row['shown']:<42}{row['rounds']:>7}{row['median_s']:>9.2f}{row['processor_s']:>11.2f}  {ratio:<21}{processor:>13}  {apart}"
        )
    limits = task["limits"]
    if "ours_over_forward_loop" in limits:
        print(f"  limit 1, the forward loop: ours takes {limits['ours_over_forward_loop']:.3f} times as long")
    if "seconds_at_matrix_rate" in limits:
        shares = [f"{words} {limits[key]:.1%}" for key, words in _SHARES.items() if key in limits]
        print(
            f"  limit 2, operations of real tokens at the matrix rate: {limits['seconds_at_matrix_rate']:.2f} s; of that rate {' and '.join(shares)}"
        )
    if "filled_share" in limits:
        print(f"  of all tokens that are computed {limits['filled_share']:.2%} only fill buffers up")


_SHARES = {"share_of_matrix_rate_ours": "ours reaches", "share_of_matrix_rate_forward": "the forward loop"}
