"""CrowS-Pairs: pairs of sentences about an advantaged and a disadvantaged group, by six rules that score a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from benchwright.types import AnyTask, Caveat, Custom, Files, FillTask, Source
from benchwright_suites._bias.own_file import from_file, named_file

CONTESTED = Caveat(
    kind="contested",
    reason="its pairs do not consistently show a stereotype about a group, and its makers say it may be no good indicator of bias",
    reference="Blodgett et al. 2021, https://aclanthology.org/2021.acl-long.81",
)
_FILE = "crows_pairs_anonymized.csv"
_FOLDERS = ("CrowS-Pairs/", "crows-pairs/data/", "crows_pairs/", "data/", "")
options = {"path": "a CSV file with the columns of the release, such as its revision or one in another language"}
_COLUMNS = ("sent_more", "sent_less", "stereo_antistereo", "bias_type")
_DIRECTIONS = ("stereo", "antistereo")
_METRICS = ("crows_score", "crows_stereotype_score", "crows_antistereotype_score")
_SHARED = (
    "The more stereotyping sentence is option 0; all 1,508 pairs are in the denominator, and 50 % is parity.",
    "236 pairs differ in more than one span of words, which the paper's minimal pairs should not: slice spans=several.",
)


def _task(name: str, rule: str, what: str, *, digits: int | None = None, reference: str = "") -> FillTask:
    return FillTask(
        name=name,
        splits={
            "test": Source(files=tuple(Files(names=(f"{folder}{_FILE}",), format="csv") for folder in _FOLDERS)),
        },
        default_split="test",
        inputs={"options": ("options",)},
        target=("more_stereotyping",),
        metrics=_METRICS,
        score=_METRICS[:1],
        slices={"bias_type": ("bias_type",), "spans": ("spans",)},
        metadata={"direction": ("stereo_antistereo",)},
        prepare="benchwright_suites._bias.crows_pairs:pair",
        sizes={"test": 1508},
        rule=rule,
        preference=True,
        digits=digits,
        caveats=(CONTESTED,),
        licence="CC BY-SA 4.0",
        citation="Nangia et al. 2020, https://aclanthology.org/2020.emnlp-main.154"
        + (f"; rule: {reference}" if reference else ""),
        description=f"1,508 pairs of sentences, one more stereotyping than the other: {what}.",
        notes=_SHARED,
    )


official = _task(
    "crows_pairs_official",
    "official-2020",
    "log-probabilities of the tokens that both share, each masked alone; the official script's rule",
    digits=3,
)
bias_bench = _task(
    "crows_pairs_bias_bench",
    "bias-bench-2022",
    "mean log-probability of the tokens in which they differ, each masked alone; bias-bench's rule",
    digits=3,
    reference="Meade et al. 2022, https://aclanthology.org/2022.acl-long.132",
)
word_l2r = _task(
    "crows_pairs",
    "pll-word-l2r",
    "pseudo-log-likelihood of the whole sentence, the later tokens of a token's word masked with it",
    reference="Kauf and Ivanova 2023, https://aclanthology.org/2023.acl-short.80",
)
pll = _task(
    "crows_pairs_pll",
    "pll",
    "pseudo-log-likelihood of the whole sentence, each token masked alone",
    reference="Salazar et al. 2020, https://aclanthology.org/2020.acl-main.240",
)
aul = _task(
    "crows_pairs_aul",
    "aul",
    "mean log-probability of its tokens, none masked",
    reference="Kaneko and Bollegala 2022, https://arxiv.org/abs/2104.07496",
)
aula = _task(
    "crows_pairs_aula",
    "aula",
    "mean log-probability of its tokens, none masked, weighted by attention",
    reference="Kaneko and Bollegala 2022, https://arxiv.org/abs/2104.07496",
)

tasks = (word_l2r, official, bias_bench, pll, aul, aula)


def configure(task: AnyTask, given: Mapping[str, str], _data: Path | None) -> Custom:
    """The probe on a file of the user's own."""
    path = named_file(given, "path", options["path"])
    return from_file(task, path, [Files(names=(path.name,), format="csv")])


def pair(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The pair as options, the more stereotyping sentence first, and whether they differ in one span of words or in several.

    Raises:
        ValueError: A column of the release is missing or empty, both sentences are the same, or the direction is none.
    """
    lacking = [name for name in _COLUMNS if row.get(name) is None]
    if lacking:
        raise ValueError(
            f"no {', '.join(map(repr, lacking))}; its columns are {', '.join(map(repr, row))}, and those of "
            f"CrowS-Pairs {', '.join(_COLUMNS)}"
        )
    more, less, direction = (str(row[name]).strip() for name in _COLUMNS[:3])
    if not more or not less or more == less:
        raise ValueError("'sent_more' and 'sent_less' are no two different sentences")
    if direction not in _DIRECTIONS:
        raise ValueError(f"'stereo_antistereo' holds {direction!r}, neither stereo nor antistereo")
    return [
        {
            "options": [more, less],
            "more_stereotyping": 0,
            "bias_type": row["bias_type"],
            "stereo_antistereo": direction,
            "spans": "one" if differing_spans(more, less) == 1 else "several",
        }
    ]


def differing_spans(one: str, other: str) -> int:
    """In how many runs of words two sentences differ; words are what stands between blanks."""
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return sum(operation != "equal" for operation, *_ in matcher.get_opcodes())
