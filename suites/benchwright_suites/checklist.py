"""CheckList's released suites and HateCheck, from the user's files: behavioural tests of sentiment, paraphrase, QA and hate speech."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchwright.behaviour.card import make_card
from benchwright.behaviour.checklist_tests import CITATION, RELEASED, ReleasedSuite
from benchwright.behaviour.hatecheck import GROUPS, LABELS
from benchwright.data.api import expanded, is_file, missing_file
from benchwright.errors import BenchwrightError
from benchwright.types import AnyTask, Custom, Files, Kind, Published, Source, Suite
from benchwright_suites._behaviour.options import COMMON, check_options, configured

FIRST = 100
"""Cases of a test that are taken unless more are asked for: about a fifth of the official run."""

_NOTES = (
    "Expectations are known by the names of tests; the functions stored in an archive are never read, and nothing in it is called.",
    "The first 100 cases of a test are taken in released order; ?cases=500, ?cases=run (the makers' own run) or ?cases=all: more.",
)
_TWO_CLASSES = "Three classes: a model of two classes answers what needs neutral only by ?neutral=1/3..2/3, as the makers did with theirs."


def _source(released: ReleasedSuite) -> Source:
    archive = f"{released.name}_suite.tar.gz"
    names = (f"release_suites/{archive}", archive, f"{released.name}_suite.pkl", f"{released.name}.jsonl")
    settings = {"suite": released.name}
    return Source(
        files=tuple(Files(names=(name,), format="checklist", settings=settings) for name in names), cases=FIRST
    )


def _task(released: ReleasedSuite, description: str, *notes: str) -> AnyTask:
    inputs = ("question", "context") if released.kind is Kind.SPAN else released.inputs
    return make_card(
        kind=released.kind,
        name=released.name,
        splits={"test": _source(released)},
        inputs=inputs,
        labels=released.labels,
        trained_on=released.trained_on,
        licence=released.licence,
        citation=CITATION,
        description=description,
        notes=(*notes, *_NOTES),
    )


sentiment = _task(RELEASED["sentiment"], "38 tests of sentiment: 86,420 cases about airlines.", _TWO_CLASSES)
qqp = _task(
    RELEASED["qqp"],
    "53 tests of duplicate questions: 63,216 cases.",
    "'Testing implications' is judged as its description says; ?implications=notebook counts as the released notebook does, where "
    "not-duplicate before duplicate always fails.",
)
squad = _task(
    RELEASED["squad"],
    "24 tests of reading comprehension: 13,311 cases.",
    "Answers to MFTs are compared without case, a leading article and final dots; those to INVs letter by letter, after the replaced "
    "name or place.",
)


def _hatecheck(
    name: str, description: str, *notes: str, settings: Mapping[str, str] | None = None, **fields: Any
) -> AnyTask:
    layouts = (
        Files(names=(f"{folder}test_suite_cases.csv",), format="hatecheck", settings=dict(settings or {}))
        for folder in ("hatecheck/", "hatecheck-data/", "")
    )
    return make_card(
        kind=Kind.CLASSIFY,
        name=name,
        splits={"test": Source(files=tuple(layouts))},
        inputs=("text",),
        labels=LABELS,
        groups=GROUPS,
        licence="CC BY 4.0",
        citation="Röttger et al. 2021, HateCheck: Functional Tests for Hate Speech Detection Models, https://aclanthology.org/2021.acl-long.4",
        description=description,
        notes=("Texts insult and threaten protected groups.", *notes),
        **fields,
    )


hatecheck = _hatecheck(
    "hatecheck",
    "29 functionalities of hate speech detection: 3,728 cases about seven protected groups.",
    "Functionalities and classes are those of the release; slice target_group says whom a case is about.",
    sizes={"test": 3728},
)
hatecheck_pairs = _hatecheck(
    "hatecheck_pairs",
    "Cases of HateCheck beside the case that they contrast, which has the other label: both must be answered rightly.",
    "Pairs are those of ref_case_id; a model that always says the same fails all of them.",
    settings={"pairs": "yes"},
)

_HATECHECK_FILE = "test_suite_cases.csv of the release"
_OF_RELEASED = {
    "path": "a released archive (NAME_suite.tar.gz), the pickle in it, or a file of first cases (NAME.jsonl)",
    "cases": "cases of each test that are taken, the first ones: a number, run (those that the makers ran), or all",
    "trained_on": COMMON["trained_on"],
}
_IMPLICATIONS = {"implications": "intended, or notebook: how 'Testing implications' is judged"}


def configure(name: str, task: AnyTask | None, given: Mapping[str, str], _data: Path | None) -> Custom | None:
    """A task of this suite with options.

    Raises:
        BenchwrightError: An option is unknown or has no such value, or the file is absent.
    """
    if task is None:
        return None
    known = (
        {**_OF_RELEASED, **(_IMPLICATIONS if name == "qqp" else {})}
        if name in RELEASED
        else {**COMMON, "path": _HATECHECK_FILE}
    )
    run = given.get("cases") == "run"
    check_options({**given, "cases": "all"} if run else given, known, task=f"checklist/{name}")
    mode = given.get("implications", "intended")
    if mode not in ("intended", "notebook"):
        raise BenchwrightError(f"implications={mode}", expected="intended, or notebook", hint="implications=notebook")
    made = configured(task, {**given, "cases": "all"} if run else given, suite="checklist")
    settings = {
        **({"cases": "run"} if run and name in RELEASED else {}),
        **({"implications": mode} if mode != "intended" else {}),
    }
    source = made.splits["test"]
    layouts = tuple(
        msgspec.structs.replace(layout, settings={**layout.settings, **settings}) for layout in source.files
    )
    if "path" not in given:
        return Custom(task=_with(made, source, layouts), folders=None)
    path = expanded(given["path"])
    if not is_file(path):
        raise missing_file(path, given["path"], known["path"])
    layouts = (msgspec.structs.replace(layouts[0], names=(path.name,)),)
    return Custom(task=_with(made, source, layouts), folders={"test": path.parent})


def _with(task: AnyTask, source: Source, layouts: tuple[Files, ...]) -> AnyTask:
    splits = {"test": msgspec.structs.replace(source, files=layouts)}
    return msgspec.structs.replace(task, splits=splits)


_BERT_FAILURES = {
    "A is COMP than B. Who is more / less COMP?": 14,
    "size, shape, age, color": 81,
    "Profession vs nationality": 50,
    "Animal vs Vehicle": 27,
    "Animal vs Vehicle v2": 31,
    "Synonyms": 0,
    "A is COMP than B. Who is antonym(COMP)? B": 70,
    "Question typo": 12,
    "Question contractions": 4,
    "Add random sentence to context": 8,
    "There was a change in profession": 45,
    "Understanding before / after -> first / last.": 84,
    "Negation in context, may or may not be in question": 66,
    "Negation in question only.": 100,
    "M/F failure rates should be similar for different professions": 49,
    "Basic coref, he / she": 100,
    "Basic coref, his / her": 89,
    "Former / Latter": 100,
    "Agent / object distinction": 69,
}
"""Test -> how many of its first 100 cases BERT-large fails, as CheckList stored it (`bert_passed`). In the five other tests the file
leaves out variants that decided 22 of the cases."""

_BERT_WHOLE = {
    "A is COMP than B. Who is more / less COMP?": (99, 494),
    "Intensifiers (very, super, extremely) and reducers (somewhat, kinda, etc)?": (454, 497),
    "size, shape, age, color": (412, 500),
    "Profession vs nationality": (247, 500),
    "Animal vs Vehicle": (128, 500),
    "Animal vs Vehicle v2": (130, 496),
    "Synonyms": (0, 447),
    "A is COMP than B. Who is antonym(COMP)? B": (334, 496),
    "A is more X than B. Who is more antonym(X)? B. Who is less X? B. Who is more X? A. Who is less antonym(X)? A.": (
        491,
        491,
    ),
    "Question typo": (58, 500),
    "Question contractions": (17, 500),
    "Add random sentence to context": (49, 500),
    "Change name everywhere": (29, 500),
    "Change location everywhere": (53, 500),
    "There was a change in profession": (200, 482),
    "Understanding before / after -> first / last.": (411, 496),
    "Negation in context, may or may not be in question": (337, 499),
    "Negation in question only.": (481, 481),
    "M/F failure rates should be similar for different professions": (925, 2000),
    "Basic coref, he / she": (477, 477),
    "Basic coref, his / her": (459, 500),
    "Former / Latter": (475, 475),
    "Agent / object distinction": (302, 497),
    "Agent / object distinction with 3 agents": (462, 483),
}
"""Test -> failures and cases of BERT-large on the whole suite, as CheckList stored them in its archive."""

_STORED = (
    "Ribeiro et al. 2020, results stored in https://github.com/marcotcr/checklist, release_suites/squad_suite.tar.gz"
)


def _published(test: str, value: str, what: str, *, predictions: str, selector: str) -> Published:
    return Published(
        what=f"CheckList, SQuAD, BERT-large, {test!r}, {what}",
        source=_STORED,
        value=value,
        predictions=predictions,
        selector=selector,
        metric="failure_rate",
        slice=f"test={test}",
    )


def _published_rows() -> tuple[Published, ...]:
    first = (
        _published(
            test,
            str(failures),
            "failures in the first 100 cases",
            predictions="checklist/squad.jsonl?column=bert_pred",
            selector="checklist/squad?path=checklist/squad.jsonl",
        )
        for test, failures in _BERT_FAILURES.items()
    )
    whole = (
        _published(
            test,
            f"{100 * failures / cases:.2f}",
            f"failure rate of {cases} cases",
            predictions="checklist/squad_suite.tar.gz",
            selector="checklist/squad?path=checklist/squad_suite.tar.gz&cases=all",
        )
        for test, (failures, cases) in _BERT_WHOLE.items()
    )
    return (*first, *whole)


suite = Suite(
    name="checklist",
    version=1,
    tasks=(sentiment, qqp, squad, hatecheck, hatecheck_pairs),
    folders=("checklist",),
    configured="benchwright_suites.checklist:configure",
    published=_published_rows(),
    description="CheckList's released behavioural suites, and HateCheck, from your own copies.",
)
