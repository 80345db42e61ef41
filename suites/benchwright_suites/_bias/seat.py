"""SEAT and WEAT: how near the vectors of two sets of words or sentences are to two others; run by name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Caveat, Custom, EmbeddingTask, Files, Source

CONTESTED = Caveat(
    kind="contested",
    reason="association in vectors shows no reliable relation to what a model does on a task, and hangs on templates, pooling and layer",
    reference="Goldfarb-Tarrant et al. 2021, https://arxiv.org/abs/2012.15859; Delobelle et al. 2022, https://arxiv.org/abs/2112.07447",
)
NON_COMMERCIAL = Caveat(
    kind="non-commercial",
    reason="its texts are released for non-commercial use (CC BY-NC 4.0)",
    reference="https://github.com/W4ngatang/sent-bias",
)

_BIND = tuple(
    f"heilman_double_bind_{what}_{form}"
    for what in ("competent", "likable")
    for form in ("one_word", "one_sentence", "1", "1-", "1+3-")
)
_NUMBERED = ("1", "2", "3", "3b", "4", "5", "5b", "6", "6b", "7", "7b", "8", "8b", "9", "10")
TESTS = (
    *(f"sent-weat{number}" for number in _NUMBERED),
    "sent-angry_black_woman_stereotype",
    "sent-angry_black_woman_stereotype_b",
    "sent-heilman_double_bind_competent_one_word",
    "sent-heilman_double_bind_likable_one_word",
    *(f"weat{number}" for number in _NUMBERED),
    "angry_black_woman_stereotype",
    "angry_black_woman_stereotype_b",
    *_BIND,
)
"""Tests of the release, those of sentences first; each is a file ``NAME.jsonl`` that holds one JSON object."""

SETS = ("targ1", "targ2", "attr1", "attr2")
_FOLDERS = ("SEAT/", "sent-bias/tests/", "seat/", "tests/", "")
_POOLINGS: tuple[Literal["mean", "cls", "max", "checkpoint"], ...] = ("mean", "cls", "max", "checkpoint")
_LAYER = re.compile(r"-?\d{1,4}")

OPTIONS: Mapping[str, str] = {
    "test": "tests by comma, as the release calls its files: sent-weat6,sent-weat6b",
    "pooling": f"how vectors of tokens become one: {', '.join(_POOLINGS)} (default: mean)",
    "layer": "which layer: 0 embeddings, 1 the first, -1 the last (default: -1)",
}
"""Option -> what it means."""


def task_of(
    name: str,
    tests: tuple[str, ...] = TESTS,
    *,
    pooling: Literal["mean", "cls", "max", "checkpoint"] = "mean",
    layer: int = -1,
) -> EmbeddingTask:
    """The card of some tests; pooling and layer stand in the value of the slice ``test``, so that no number is printed without."""
    named = tuple(f"{test}/{pooling}/{'last' if layer == -1 else f'layer{layer}'}" for test in tests)
    return EmbeddingTask(
        name=name,
        splits={
            "test": Source(
                files=tuple(
                    Files(
                        names=tuple(f"{folder}{test}.jsonl" for test in tests),
                        format="json",
                        values={"test": named},
                        settings={"document": "row"},
                    )
                    for folder in _FOLDERS
                )
            )
        },
        default_split="test",
        inputs={"text": ("text",)},
        target=("set",),
        metrics=("seat_effect_size",),
        slices={"test": ("test",)},
        prepare="benchwright_suites._bias.seat:texts",
        sizes={"test": 9_951} if tests == TESTS else {},
        pooling=pooling,
        layer=layer,
        caveats=(CONTESTED, NON_COMMERCIAL),
        licence="CC BY-NC 4.0",
        citation="May et al. 2019, https://arxiv.org/abs/1903.10561; WEAT: Caliskan et al. 2017, https://arxiv.org/abs/1608.07187",
        description="Tests of association: are the vectors of one set of names or terms nearer to one set of attributes than another's?",
        notes=(
            "An effect size for each test (slice test); nothing is averaged over tests, which ask different questions.",
            "Texts are given to the tokenizer as they are, with its special tokens; a text that stands twice in a set counts twice.",
        ),
    )


seat = task_of("seat")
tasks = (seat,)


def configure(given: Mapping[str, str], _data: Path | None) -> Custom:
    """The card that options ask for.

    Raises:
        ConfigError: With everything that is wrong with the options.
    """
    problems = list(_problems(given))
    if problems:
        raise ConfigError(problems, where="bias/seat")
    tests = _tests(given) or TESTS
    pooling = next(one for one in _POOLINGS if one == given.get("pooling", "mean"))
    layer = int(given.get("layer", -1))
    name = "seat" if not {"pooling", "layer"} & set(given) else f"seat_{pooling}_{'last' if layer == -1 else layer}"
    return Custom(task=task_of(name, tests, pooling=pooling, layer=layer), folders=None)


def _tests(given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in given.get("test", "").split(",") if name.strip()))


def _problems(given: Mapping[str, str]) -> Iterator[BenchwrightError]:
    unknown = [name for name in _tests(given) if name not in TESTS]
    if unknown or ("test" in given and not _tests(given)):
        yield BenchwrightError(
            f"bias/seat has no test {unknown[0]!r}" if unknown else "test= names no test",
            expected=f"some of: {', '.join(TESTS)}",
            hint="test=sent-weat6,sent-weat6b",
        )
    if given.get("pooling", "mean") not in _POOLINGS:
        yield BenchwrightError(
            f"pooling={given['pooling']}", expected=f"one of: {', '.join(_POOLINGS)}", hint="pooling=mean"
        )
    if not _LAYER.fullmatch(given.get("layer", "-1")):
        yield BenchwrightError(
            f"layer={given['layer']}",
            expected="a whole number: 0 embeddings, 1 the first layer, -1 the last",
            hint="layer=-1",
        )


def texts(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts of a test, one row each with the set that it is of, as often as it stands there.

    Raises:
        ValueError: The object has other keys than the four sets, a set holds something else than two texts or more, or the two
            sets of targets are of different sizes, so that there are no equal partitions of them.
    """
    test = row["test"]
    given = {key: value for key, value in row.items() if key != "test"}
    if set(given) != set(SETS):
        raise ValueError(f"its keys are {', '.join(map(repr, given)) or 'none'}, and those of a test {', '.join(SETS)}")
    sets = {name: _examples(name, given[name]) for name in SETS}
    if len(sets["targ1"]) != len(sets["targ2"]):
        raise ValueError(
            f"'targ1' has {len(sets['targ1'])} examples and 'targ2' {len(sets['targ2'])}; targets are compared by partitions into "
            "sets of one size"
        )
    return [{"text": text, "set": name, "test": test} for name in SETS for text in sets[name]]


def _examples(name: str, given: Any) -> list[str]:
    listed = given.get("examples") if isinstance(given, dict) else None
    if not isinstance(listed, list) or not all(isinstance(text, str) and text.strip() for text in listed):
        raise ValueError(f"{name!r} holds no list `examples` of texts")
    if len(listed) < 2:
        raise ValueError(f"{name!r} has {len(listed)} example{'s' * (len(listed) != 1)}; at least 2 are needed")
    return listed
