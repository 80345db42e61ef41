"""The table of ``fast_path_shapes.py``, and what is asked for on a GPU beside what was found."""

from __future__ import annotations

LONG = 128
"""Tokens from which on a text counts as long."""

ASKED = {"long": 0.50, "short": 0.40, "times": 3.0}
"""Shares of the measured matrix rate for long and short texts of bert-base, and times `Trainer.predict` at its best batch."""


_COLUMNS = {
    "": 16,
    "lengths": 8,
    "texts": 8,
    "tokens": 7,
    "texts/s": 9,
    "of rate": 8,
    "forward": 8,
    "x Trainer": 10,
    "batch": 6,
    "tok. cores": 11,
    "differ": 9,
}
"""Headings of the table, and characters of each column."""


def tell(whole, device):
    """Everything, for people."""
    rate = whole["machine"]["matrix_rate"]
    print(f"\n{whole['machine']['device']}, best matrix product {(rate or 0) / 1e12:.3g} TFLOP/s in {whole['dtype']}")
    print(_line(_COLUMNS))
    for row in whole["rows"]:
        print(_line(_cells(row)))
    print(
        "  of rate: operations of real tokens a second, from texts to labels without records, by the best matrix product; forward: of the forward loop alone"
    )
    print(
        "  tok. cores: cores that tokenising takes at the rate of the forward loop; batch: the best one of Trainer.predict in the same data type"
    )
    for reason in whole["left_out"]:
        print(f"  left out: {reason}")
    for row in whole["rows"]:
        print(f"  {row['shape']} on {row['lengths']}: {row['batches']}; attention: {row['attention']}")
    for line in verdicts(whole["rows"], device, cut=bool(whole["layers"])):
        print(line)


def verdicts(rows, device, *, cut):
    """What is asked for on a GPU, in words, beside what was found."""
    base = [row for row in rows if row["shape"] == "bert-base"]
    chosen = {
        "long": max(base, key=lambda row: row["mean_tokens"], default=None),
        "short": min(base, key=lambda row: row["mean_tokens"], default=None),
    }
    for kind, row in chosen.items():
        if row is None or row["share_of_matrix_rate"] is None or (kind == "long") != (row["mean_tokens"] >= LONG):
            continue
        yield (
            f"bert-base at {row['mean_tokens']:.0f} tokens: {_share(row['share_of_matrix_rate'])} of the measured matrix rate"
            f" (asked: {ASKED[kind]:.0%}); {row['times_trainer']:.2f} times Trainer.predict at {row['trainer_best_batch']} rows"
            f" (asked: {ASKED['times']:.0f})"
        )
    for row in rows:
        if row["shape"] == "MiniLM":
            yield (
                f"MiniLM: tokenising takes {row['tokenising_cores_at_forward_rate']:.1f} cores at the rate of its forward loop,"
                f" {row['tokenising_us_per_text']:.0f} microseconds of one to a text; nothing is asked of it"
            )
    if device != "cuda" or cut:
        yield "a trial: what is asked for is asked of a GPU and of whole models"


def _cells(row):
    """A row of the table as texts."""
    return (
        row["shape"],
        row["lengths"],
        f"{row['texts']:,}",
        f"{row['mean_tokens']:.0f}",
        f"{row['texts_per_s']:,.0f}",
        _share(row["share_of_matrix_rate"]),
        _share(row["share_of_matrix_rate_forward"]),
        f"{row['times_trainer']:.2f}",
        str(row["trainer_best_batch"]),
        f"{row['tokenising_cores_at_forward_rate']:.1f}",
        f"{row['largest_difference']:.1e}",
    )


def _line(cells):
    """Texts in columns: the first two from the left, numbers from the right."""
    sized = enumerate(zip(cells, _COLUMNS.values(), strict=True))
    return "  " + "".join(f"{cell:>{width}}" if at > 1 else f"{cell:<{width}}" for at, (cell, width) in sized)


def _share(value):
    return "-" if value is None else f"{value:.1%}"
