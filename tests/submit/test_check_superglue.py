"""The SuperGLUE validator: every reason of the reject list."""

import json

import pytest

from benchwright.submit.official_zip import check_zip, published_sizes
from benchwright.submit.superglue import check_superglue


@pytest.fixture
def faults(superglue_files, reference, tools):
    """Spoil one file and return what the validator says."""

    def check(name=None, content=None, *, known=reference):
        files = {**superglue_files, **({name: content} if name else {})}
        return check_superglue(tools.zipped(files), tools.superglue_sizes, known)

    return check


def test_a_good_bundle(faults):
    """A bundle that keeps every rule has no fault, with and without the test data."""
    assert faults() == ()
    assert faults(known=None) == ()


def test_published_sizes():
    """Counts come from the task cards and are those of the official table."""
    assert published_sizes("superglue") == {
        "boolq": 3245, "cb": 250, "copa": 500, "multirc": 9693, "record": 10000, "rte": 3000, "wic": 1400, "wsc": 146,
        "axb": 1104, "axg": 356,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["AX-b.jsonl", "AX-g.jsonl", "ReCoRD.jsonl"])
def test_a_missing_file(superglue_files, tools, name):
    """All ten files must be there."""
    del superglue_files[name]

    assert check_superglue(tools.zipped(superglue_files), tools.superglue_sizes) == (
        f"{name}: is missing from the zip",
    )


def test_an_extra_file(faults):
    """Nothing else may be in the zip."""
    assert faults("RTE.tsv", "") == ("RTE.tsv: is no file of the submission",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"idx": 0, "label": "true"', "has a line that is not one JSON object"),
        ('[0, "true"]', "has a line that is not one JSON object"),
        ("", "has a line that is not one JSON object"),
        ('{"idx": 0, "label": "true"} {"idx": 9}', "has a line that is not one JSON object"),
        ('{"idx": 0, "idx": 0, "label": "true"}', "has a line that is not one JSON object with a repeated key"),
        ('{"idx": NaN, "label": "true"}', "has a line that is not one JSON object"),
        ('{"idx": 0}', "has an object whose keys are not exactly idx, label (line 1: 'idx')"),
        ('{"idx": 0, "label": "true", "score": 1}', "has an object whose keys are not exactly idx, label"),
        ('{"idx": "0", "label": "true"}', "has no whole number as idx (line 1: '\"0\"')"),
        ('{"idx": 0.0, "label": "true"}', "has no whole number as idx (line 1: '0.0')"),
        ('{"idx": true, "label": "true"}', "has no whole number as idx (line 1: 'true')"),
        ('{"idx": 1, "label": "true"}', "has 1 repeated idx values (1)"),
        ('{"idx": 7, "label": "true"}', "has 1 idx values beyond 2 (7)"),
        ('{"idx": 0, "label": true}', 'has a JSON boolean where one of "true", "false" is required (line 1: \'true\')'),
        ('{"idx": 0, "label": "True"}', 'has a wrongly cased label; allowed: "true", "false"'),
        ('{"idx": 0, "label": 1}', 'has a label that is no string; allowed: "true", "false"'),
        ('{"idx": 0, "label": "yes"}', 'has a label that is not one of "true", "false"'),
        ('\ufeff{"idx": 0, "label": "true"}', "begins with a byte-order mark"),
        ('{"idx": 0, "label": "true"}\r', "has CRLF (or CR) line ends"),
    ],
)
def test_a_spoilt_line(faults, superglue_files, line, said):
    """Each rule for a line is a fault that names the file and the first line."""
    rest = superglue_files["BoolQ.jsonl"].split("\n", 1)[1]

    found = faults("BoolQ.jsonl", f"{line}\n{rest}")

    assert any(one.startswith(f"BoolQ.jsonl: {said}") for one in found), found


def test_deep_nesting_is_a_fault(faults, superglue_files):
    """A line that nests beyond reason is refused, not a crash."""
    found = faults("BoolQ.jsonl", "[" * 100_000 + "\n" + superglue_files["BoolQ.jsonl"].split("\n", 1)[1])

    assert found[0].startswith("BoolQ.jsonl: has a line that is not one JSON object")


@pytest.mark.parametrize(
    ("name", "labels", "said"),
    [
        ("WSC.jsonl", ["true", "False"], 'has a wrongly cased label; allowed: "True", "False" (line 1: \'"true"\')'),
        ("WSC.jsonl", [True, "False"], 'has a JSON boolean where one of "True", "False" is required (line 1: \'true\')'),
        ("COPA.jsonl", ["0", 1], "has a label that is no whole number; allowed: 0, 1 (line 1: '\"0\"')"),
        ("COPA.jsonl", [False, 1], "has a JSON boolean where one of 0, 1 is required (line 1: 'false')"),
        ("COPA.jsonl", [0.0, 1], "has a label that is no whole number; allowed: 0, 1 (line 1: '0.0')"),
        ("COPA.jsonl", [2, 1], "has a label that is not one of 0, 1 (line 1: '2')"),
        ("CB.jsonl", [0, 1, 2], "has a label that is no string"),
        ("ReCoRD.jsonl", ["Paris", "São Paulo"], "has a label that is no candidate entity of its passage (line 1: 'Paris')"),
        ("ReCoRD.jsonl", ["usain bolt", "São Paulo"], "has a label that is no candidate entity of its passage"),
        ("ReCoRD.jsonl", ["", "São Paulo"], "has an empty label (line 1)"),
        ("ReCoRD.jsonl", [["Berlin"], "São Paulo"], "has a label that is no string"),
    ],
)  # fmt: skip
def test_labels(faults, tools, name, labels, said):
    """Each file asks for its own type and letter case; ReCoRD for a candidate of the passage."""
    (found,) = faults(name, tools.flat(*labels))

    assert said in found


def spoilt_multirc(tools):
    """Name of a fault -> (lines, what is said)."""
    p, q = tools.paragraph, tools.question
    good = p(1, q(2, a3=0, a4=1))
    first = p(0, q(0, a0=0, a1=1), q(1, a2=1))
    bare = {"idx": 0, "questions": []}
    return {
        "moved answer": ([p(0, q(0, a0=0), q(1, a1=1, a2=1)), good], "1 answers that stand in another question"),
        "moved question": (
            [p(0, q(0, a0=0, a1=1)), p(1, q(1, a2=1), q(2, a3=0, a4=1))],
            "1 answers that stand in another question or paragraph ('0/1/2')".replace("0/1/2", "1/1/2"),
        ),
        "missing answer": ([p(0, q(0, a0=0, a1=1)), good], "lacks 1 answers of the test data"),
        "missing paragraph": ([first], "lacks 2 answers of the test data"),
        "foreign answer": ([p(0, q(0, a0=0, a1=1), q(1, a2=1, a9=0)), good], "1 answers that are not in the test data"),
        "repeated answer": (
            [{"idx": 0, "passage": {"questions": [q(0, a0=0, a1=1), {"idx": 1, "answers": [{"idx": 2, "label": 1}] * 2}]}}, good],
            "1 values of answer idx in one question more than once",
        ),
        "repeated question": (
            [p(0, q(0, a0=0), q(0, a1=1), q(1, a2=1)), good],
            "1 values of question idx in one paragraph more than once",
        ),
        "repeated paragraph": ([p(0, q(0, a0=0, a1=1)), p(0, q(1, a2=1)), good], "values of paragraph idx more than once"),
        "boolean label": ([p(0, q(0, a0=False, a1=1), q(1, a2=1)), good], "JSON boolean where one of 0, 1"),
        "string label": ([p(0, q(0, a0="0", a1=1), q(1, a2=1)), good], "no whole number; allowed: 0, 1"),
        "string id": ([p("0", q(0, a0=0, a1=1), q(1, a2=1)), good], "no whole number as paragraph idx"),
        "flat line": ([bare, good], "keys are not exactly idx, passage"),
        "no questions": ([{"idx": 0, "passage": {"questions": []}}, good], "`questions` that are not a list of objects"),
        "list passage": ([{"idx": 0, "passage": []}, good], "passage that is not an object"),
        "extra key": ([{**first, "version": 1.1}, good], "keys are not exactly idx, passage"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    ["moved answer", "moved question", "missing answer", "missing paragraph", "foreign answer", "repeated answer",
     "repeated question", "repeated paragraph", "boolean label", "string label", "string id", "flat line",
     "no questions", "list passage", "extra key"],
)  # fmt: skip
def test_nested_answers(faults, tools, fault):
    """MultiRC keeps every paragraph, question and answer where the data have it, once."""
    lines, said = spoilt_multirc(tools)[fault]

    found = faults("MultiRC.jsonl", tools.jsonl(*lines))

    assert any(said in one for one in found), found


def test_ids_may_restart(superglue_files, reference, tools):
    """Question and answer ids that restart under their parents are as good as running ones."""
    lines = [tools.paragraph(0, tools.question(0, a0=0, a1=1), tools.question(1, a0=1)), tools.paragraph(1, tools.question(0, a0=0, a1=1))]  # fmt: skip
    superglue_files["MultiRC.jsonl"] = tools.jsonl(*lines)

    assert check_superglue(tools.zipped(superglue_files), tools.superglue_sizes) == ()


def test_what_was_not_checked_is_told(superglue_files, tools):
    """Without the test data the candidates and the places of answers are said to be unchecked."""
    superglue_files["ReCoRD.jsonl"] = tools.flat("Paris", "São Paulo")

    problems, unchecked = check_zip(tools.zipped(superglue_files), "superglue", sizes=tools.superglue_sizes)

    assert problems == ()
    assert [line.partition(":")[0] for line in unchecked] == ["MultiRC.jsonl", "ReCoRD.jsonl"]


def test_both_ways_of_writing_an_entity(faults):
    """JSON escapes and plain UTF-8 are one text."""
    plain = json.dumps({"idx": 1, "label": "São Paulo"}, ensure_ascii=False)

    assert faults("ReCoRD.jsonl", f'{{"idx": 0, "label": "Berlin"}}\n{plain}\n') == ()
