"""Our judge against the package `checklist` itself: equal verdicts on 200 random suites, and every departure shown.

`make checklist-parity` runs it in an environment with the package; elsewhere it is skipped.
"""

import importlib.util
import random
import re
from collections import Counter
from types import SimpleNamespace

import pytest

from benchwright.behaviour.card import card_of
from benchwright.behaviour.checklist_bridge import INSTALL, import_checklist, predictor, run_checklist
from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_types import BehaviourSuite, BehaviourTest, Case
from benchwright.behaviour_summary import summarise
from benchwright.metrics.behaviour import case_verdicts
from benchwright.score import gather
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Label, Prediction, Record, Source
from benchwright.types.expectations import (
    AnswerText,
    Differs,
    Equals,
    EqualsIf,
    EqualsLenient,
    Implies,
    Invariant,
    Monotonic,
    Shift,
)

if importlib.util.find_spec("checklist") is None:
    pytest.skip(f"the package checklist is absent: `make checklist-parity`, or {INSTALL}", allow_module_level=True)

# The package leaves files open and writes escapes that Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore")

SUITES = 200
LABELS = ("negative", "neutral", "positive")
PAIRS = ("not_duplicate", "duplicate")
NAMES = ("Ann", "Bo", "Cy")


@pytest.fixture(scope="module")
def checklist():
    found = import_checklist()
    print(f"\nreplaced while checklist was imported: {', '.join(found.shims) or 'nothing'}")
    return SimpleNamespace(
        Suite=found.modules["test_suite"].TestSuite,
        Expect=found.modules["expect"].Expect,
        **{name: getattr(found.modules["test_types"], name) for name in ("MFT", "INV", "DIR")},
    )


# --- the nine expectations, written as functions for the package --------------------------------------------------------


def cleaned(text):
    return re.sub(r"^(a|an|the)\s+", "", text.strip().rstrip(".").strip().lower())


def rules(checklist):
    """Name -> (type, expectation as data, expectation as CheckList's function, labels of the answers, targets: one, each, none)."""
    expect = checklist.Expect

    def lenient(_x, pred, _conf, label=None, _meta=None):
        return bool(pred != 0) if label == 1 else bool(pred == label)

    def shift(sign):
        def rule(_orig, _pred, orig_conf, conf, _labels=None, _meta=None):
            moved = sign * ((orig_conf[0] - conf[0]) + (conf[2] - orig_conf[2]))
            return True if moved + 0.1 >= 0 else moved + 0.1

        return expect.pairwise(rule)

    def monotonic(increasing):
        plain = expect.monotonic(increasing=increasing, tolerance=0.1)
        return expect.slice_orig(plain, lambda orig, *_: orig != 1)

    def implies(notebook):
        def rule(_xs, preds, _confs, _labels=None, _meta=None):
            first, second, third = (int(pred) for pred in preds)
            if (first, second) == (1, 1):
                return [third == 1] * 3
            if (first, second) == (1, 0) and not notebook:
                return [third == 0] * 3
            if (first, second) == (0, 1) and notebook:
                return [False] * 3
            return [None] * 3

        return expect.testcase(rule)

    def only_duplicates():
        return expect.slice_orig(expect.eq(0), lambda orig, *_: orig == 1)

    def text_is_label(_x, pred, _conf, label=None, _meta=None):
        return cleaned(pred) == cleaned(label)

    def text_follows(orig, pred, _orig_conf, _conf, _labels=None, meta=None):
        return bool(pred == (re.sub(rf"\b{re.escape(meta[0])}\b", meta[1], orig) if meta else orig))

    def differs(_x, pred, _conf, _label=None, _meta=None):
        return bool(pred != 0)

    positive = {"positive": "duplicate", "negative": "not_duplicate"}
    return {
        "equals, one target": ("MFT", Equals(), None, LABELS, "one"),
        "equals, a target for each": ("MFT", Equals(), None, LABELS, "each"),
        "equals a value": ("DIR", Equals(value="not_duplicate"), expect.eq(0), PAIRS, "none"),
        "not": ("MFT", Differs(value="negative"), expect.single(differs), LABELS, "none"),
        "equals_lenient": (
            "MFT",
            EqualsLenient(neutral="neutral", negative="negative"),
            expect.single(lenient),
            LABELS,
            "one",
        ),
        "invariant": ("INV", Invariant(tolerance=0.1), None, LABELS, "none"),
        "invariant, no tolerance": ("INV", Invariant(tolerance=0), expect.inv(0), PAIRS, "none"),
        "monotonic up": ("DIR", Monotonic(direction="up", neutral="neutral"), monotonic(True), LABELS, "none"),
        "monotonic down": ("DIR", Monotonic(direction="down", neutral="neutral"), monotonic(False), LABELS, "none"),
        "shift up": ("DIR", Shift(direction="up", positive="positive", negative="negative"), shift(1), LABELS, "none"),
        "shift down": (
            "DIR",
            Shift(direction="down", positive="positive", negative="negative"),
            shift(-1),
            LABELS,
            "none",
        ),
        "equals_if": (
            "DIR",
            EqualsIf(when_original="duplicate", value="not_duplicate"),
            only_duplicates(),
            PAIRS,
            "none",
        ),
        "implies, intended": ("DIR", Implies(**positive), implies(False), PAIRS, "three"),
        "implies, notebook": ("DIR", Implies(**positive, mode="notebook"), implies(True), PAIRS, "three"),
        "text": ("MFT", AnswerText(), expect.single(text_is_label), None, "each"),
        "text, substituted": ("INV", AnswerText(clean="none"), expect.pairwise(text_follows), None, "meta"),
    }


# --- random suites ------------------------------------------------------------------------------------------------------


def random_test(rng, name, rule):
    """Cases for both sides, and the model's answers to them."""
    kind, _, _, labels, targets = rule
    fewest = 1 if kind == "MFT" else 2
    cases = []
    for at in range(rng.randint(1, 12)):
        size = 3 if targets == "three" else rng.randint(fewest, 4)
        texts = [f"{name}/{at}/{one}" for one in range(size)]
        if labels is None:
            golds = [rng.choice(NAMES) for _ in texts]
            meta = [None, *(rng.choice([("Ann", "Eve"), ("Bo", "Flo")]) for _ in texts[1:])]
        else:
            golds, meta = [rng.randrange(len(labels)) for _ in texts], None
        cases.append(SimpleNamespace(texts=texts, golds=golds if targets == "each" else [golds[0]] * size, meta=meta))
    return cases


def random_answers(rng, cases, labels, probabilities):
    """Text -> (answer, probabilities): on a coarse grid, so that ties and tolerances are met."""
    found = {}
    for case in cases:
        for at, text in enumerate(case.texts):
            if labels is None:
                said = rng.choice([case.golds[at], rng.choice(NAMES), "Eve", "Flo"])
                found[text] = (rng.choice(["", "the ", "The ", "a "]) + said + rng.choice(["", "."]), None)
                if case.meta and rng.random() < 0.8:
                    original = found[case.texts[0]][0]
                    old, new = case.meta[at] or ("", "")
                    found[text] = (re.sub(rf"\b{old}\b", new, original) if old else original, None)
                continue
            shares = [rng.randint(0, 20) for _ in labels]
            shares = [share / sum(shares) for share in shares] if sum(shares) else [1 / len(labels)] * len(labels)
            found[text] = (max(range(len(labels)), key=shares.__getitem__), shares if probabilities else None)
    return found


class Replay:
    """A session that gives stored answers; labels by name, as every session does."""

    def __init__(self, answers, labels):
        self.answers, self.labels = answers, labels

    def predict(self, examples):
        found = []
        for example in examples:
            output, scores = self.answers[example.inputs["text"]]
            found.append(
                Prediction(
                    output=output if self.labels is None else self.labels[output], scores=scores and tuple(scores)
                )
            )
        return found

    def close(self):
        self.answers = {}


def theirs(checklist, name, rule, cases, answers):
    """Verdicts of the package, through the bridge, and the figures that it prints: cases after filtering, failures, rate."""
    kind, _, function, labels, targets = rule
    alone = kind == "MFT" and all(len(case.texts) == 1 for case in cases)
    data = [case.texts[0] if alone else case.texts for case in cases]
    fields = {}
    if targets in ("one", "each"):
        fields["labels"] = [case.golds[0] if alone or targets == "one" else case.golds for case in cases]
    if targets == "meta":
        fields["meta"] = [case.meta for case in cases]
    if function is not None:
        fields["expect"] = function
    suite = checklist.Suite()
    suite.add(getattr(checklist, kind)(data, **fields), name=name, capability="Any")
    kinds = (
        {"kind": Kind.GENERATE}
        if labels is None
        else {"kind": Kind.CLASSIFY, "labels": tuple(Label(name=one, id=at) for at, one in enumerate(labels))}
    )
    session = Replay(answers, labels)
    (found,) = run_checklist(suite, predictor(session, build_task(**kinds)))
    assert found.type == kind
    stats = suite.tests[name].get_stats()
    return found.passed, (stats.get("after_filtering", stats.testcases), stats.get("fails"), stats.get("fail_rate"))


def ours(name, rule, cases, answers):
    """Verdicts of our judge, through the rows of a suite."""
    kind, expect, _, labels, targets = rule
    named = (lambda gold: gold) if labels is None else (lambda gold: labels[gold])
    span = labels is None
    made = tuple(
        Case(
            id=str(at),
            examples=tuple({"question": text, "context": ""} if span else {"text": text} for text in case.texts),
            target=[named(gold) for gold in case.golds] if targets in ("one", "each") else None,
            substitute=tuple(case.meta[1:]) if targets == "meta" else None,
        )
        for at, case in enumerate(cases)
    )
    test = BehaviourTest(name=name, type=kind, capability="Any", expect=expect, cases=made)
    suite = BehaviourSuite(
        schema=1,
        name="random",
        version=1,
        kind=Kind.SPAN if span else Kind.CLASSIFY,
        labels=labels or (),
        tests=(test,),
    )
    records = []
    for at, row in enumerate(rows_of(suite)):
        output, scores = answers[row["question" if span else "text"]]
        records.append(
            Record(
                id=f"random/{at}",
                target=row["@target"],
                output=output if span else labels[output],
                scores=scores and tuple(scores),
                slices={"test": row["@test"], "capability": row["@capability"], "type": row["@type"]},
                cluster=row["@cluster"],
                group=row["@case"],
            )
        )
    task = card_of(suite, name="random", splits={"test": Source()})
    return _verdicts(task, records), summarise(task, records).tests[0]


def _verdicts(task, records):
    """Of each case, in order."""
    passed = case_verdicts(gather(task, records).columns).passed
    return tuple({1: True, 0: False, -1: None}[int(one)] for one in passed)


def test_two_hundred_random_suites_are_judged_alike(checklist):
    """Every verdict, hence every failure rate, not-applicable count and aggregation, is the package's."""
    counted, cases_seen, undefined = Counter(), Counter(), 0
    known = rules(checklist)
    for seed in range(SUITES):
        rng = random.Random(seed)
        for name in rng.sample(sorted(known), rng.randint(3, 8)):
            rule = known[name]
            probabilities = name.startswith(("shift",)) or rng.random() < 0.7
            cases = random_test(rng, f"{seed}/{name}", rule)
            answers = random_answers(rng, cases, rule[3], probabilities)

            package, printed = theirs(checklist, name, rule, cases, answers)
            engine, summary = ours(name, rule, cases, answers)

            assert engine == package, (seed, name, cases, answers)
            assert (summary.applicable, summary.not_applicable) == (printed[0], len(cases) - printed[0])
            assert (summary.failures or 0) == (printed[1] or 0)
            assert summary.rate == (None if printed[2] is None else pytest.approx(printed[2] / 100))
            counted[name] += 1
            cases_seen.update((name, one) for one in engine)
            undefined += summary.rate is None

    print(f"\n{SUITES} random suites, {sum(counted.values())} tests, {sum(cases_seen.values())} cases: all equal")
    print(f"{'expectation':28} tests  passed  failed  not applicable")
    for name in sorted(known):
        row = [cases_seen[name, one] for one in (True, False, None)]
        print(f"{name:28} {counted[name]:5} {row[0]:7} {row[1]:7} {row[2]:15}")
        assert counted[name] > 20
        assert row[0]
        assert row[1]
    print(f"tests with nothing applicable, which have no rate: {undefined}")
    assert undefined


# --- where we depart, on purpose ------------------------------------------------------------------------------------------


def both(checklist, rule, texts, answers, *, function=None, **fields):
    """(theirs, ours) for one case."""
    kind, expect, _, labels, targets = rule
    case = SimpleNamespace(texts=texts, golds=fields.get("golds", [0] * len(texts)), meta=fields.get("meta"))
    rule = (kind, expect, function or rule[2], labels, targets)
    return theirs(checklist, "departure", rule, [case], answers)[0], ours("departure", rule, [case], answers)[0]


def test_a_filtered_original_does_not_hide_a_variant(checklist):
    """CheckList drops what is not applicable first and the first result then: the failing variant is the one that is dropped."""

    def rule(orig, pred, *_):
        return None if pred == orig else False

    expect = checklist.Expect.pairwise(rule)
    answers = {"o": (0, None), "v": (1, None)}

    package, _ = theirs(
        checklist,
        "x",
        ("INV", None, expect, PAIRS, "none"),
        [SimpleNamespace(texts=["o", "v"], golds=[0, 0], meta=None)],
        answers,
    )
    engine, _ = ours(
        "x",
        ("INV", Invariant(), None, PAIRS, "none"),
        [SimpleNamespace(texts=["o", "v"], golds=[0, 0], meta=None)],
        answers,
    )

    print(f"\noriginal filtered, variant failing: checklist {package}, ours {engine}")
    assert (package, engine) == ((True,), (False,))


def test_an_original_without_variants_is_not_applicable(checklist):
    """CheckList calls it passed: all of nothing."""
    package, engine = both(checklist, ("INV", Invariant(), None, PAIRS, "none"), ["o"], {"o": (0, [0.9, 0.1])})

    print(f"\nINV of one example: checklist {package}, ours {engine}")
    assert (package, engine) == ((True,), (None,))


def test_two_unsure_answers_are_not_the_same_answer(checklist):
    """With one confidence, CheckList passes a changed label where both confidences sum to no more than the tolerance."""
    import numpy as np

    test = checklist.INV([["o", "v"]])
    (found,) = run_checklist(test, lambda _: (np.array([0, 1]), np.array([0.04, 0.05])))
    engine, _ = ours(
        "x",
        ("INV", Invariant(), None, PAIRS, "none"),
        [SimpleNamespace(texts=["o", "v"], golds=[0, 0], meta=None)],
        {"o": (0, None), "v": (1, None)},
    )

    print(f"\nchanged label, confidences 0.04 and 0.05: checklist {found.passed}, ours {engine}")
    assert (found.passed, engine) == ((True,), (False,))


def test_one_confidence_is_no_probability_of_the_label(checklist):
    """CheckList takes a changed label for a loss of both confidences; without probabilities ours knows labels alone."""
    import numpy as np

    test = checklist.DIR([["o", "v"]], checklist.Expect.monotonic(increasing=True, tolerance=0.1))
    (found,) = run_checklist(test, lambda _: (np.array([0, 1]), np.array([0.03, 0.05])))
    rule = ("DIR", Monotonic(direction="up"), None, PAIRS, "none")
    engine, _ = ours(
        "x", rule, [SimpleNamespace(texts=["o", "v"], golds=[0, 0], meta=None)], {"o": (0, None), "v": (1, None)}
    )

    print(f"\nmonotonic, changed label, confidences 0.03 and 0.05: checklist {found.passed}, ours {engine}")
    assert (found.passed, engine) == ((None,), (False,))


def test_an_answer_keeps_its_letters_when_it_is_cleaned(checklist):
    """CheckList strips a set of characters, "[a,the,an,in,at] ", from both ends: a tractor is a ractor, and "tea" is nothing."""

    characters = "[a,the,an,in,at] ."

    def rule(_x, pred, _conf, label=None, _meta=None):
        return pred.strip(characters) == label.strip(characters)

    function = checklist.Expect.single(rule)
    package, engine = both(
        checklist,
        ("MFT", AnswerText(), None, None, "each"),
        ["q"],
        {"q": ("ractor", None)},
        function=function,
        golds=["tractor"],
    )

    print(f'\n"ractor" for "tractor": checklist {package}, ours {engine}')
    assert (package, engine) == ((True,), (False,))


def test_a_bridged_model_without_an_answer_is_refused(checklist):
    """CheckList has no place for an error: the run stops and says so."""
    from benchwright.errors import ModelError

    class Failing:
        def predict(self, examples):
            return [Prediction(error="too long") for _ in examples]

    task = build_task(kind=Kind.CLASSIFY, labels=tuple(Label(name=one, id=at) for at, one in enumerate(PAIRS)))
    with pytest.raises(ModelError, match="too long"):
        run_checklist(checklist.MFT(["a"], labels=0), predictor(Failing(), task))
