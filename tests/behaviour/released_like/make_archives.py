"""Write three small archives as CheckList's released suites were written: Python 3.7, dill, pickle protocol 3.

Run once, by Python 3.7 in an environment of its own, and its output committed beside it:

    python3.7 -m venv v37
    v37/bin/pip install --no-deps fiddler-checklist==0.0.1 dill==0.3.1.1 munch==2.5.0 six
    v37/bin/pip install numpy==1.18.5
    v37/bin/python make_archives.py

Objects are those of the real package. Names of tests are those of the released suites; every text is made up for this file.
"""

import gzip
import importlib
import io
import re
import sys
import tarfile
import types
from pathlib import Path

for module, attribute in (
    ("checklist.viewer.template_editor", "TemplateEditor"),
    ("checklist.viewer.test_summarizer", "TestSummarizer"),
    ("checklist.viewer.suite_summarizer", "SuiteSummarizer"),
):
    sys.modules[module] = types.ModuleType(module)
    setattr(sys.modules[module], attribute, type(attribute, (), {}))

dill, np, munch = (importlib.import_module(name) for name in ("dill", "numpy", "munch"))
Expect = importlib.import_module("checklist.expect").Expect
TestSuite = importlib.import_module("checklist.test_suite").TestSuite
DIR, INV, MFT = (getattr(importlib.import_module("checklist.test_types"), name) for name in ("DIR", "INV", "MFT"))

TOLERANCE = 0.1


def not_negative(x, pred, conf, label=None, meta=None):
    return pred != 0


def up(orig_pred, pred, orig_conf, conf, labels=None, meta=None):
    change = orig_conf[0] - conf[0] + conf[2] - orig_conf[2]
    return True if change + TOLERANCE >= 0 else change + TOLERANCE


def lenient(x, pred, conf, label=None, meta=None):
    return pred != 0 if label == 1 else pred == label


def show_label(x, pred, conf, label=None, meta=None):
    return "{} {}".format(re.sub(r"\s+", " ", str(x)), pred)


def sentiment():
    suite = TestSuite(format_example_fn=show_label)
    suite.add(
        MFT(["fine", "lovely", "kind"], labels=2, name="single positive words", capability="Vocabulary", description="")
    )
    suite.add(
        MFT(
            ["The tea is lovely.", "The tea is bitter.", "That soup is lovely."],
            labels=[2, 0, 2],
            meta=[munch.Munch(adj="lovely"), munch.Munch(adj="bitter"), munch.Munch(adj="lovely")],
            templates=["The {noun} is {adj}."],
            name="Sentiment-laden words in context",
            capability="Vocabulary",
            description="",
        )
    )
    monotonic = Expect.monotonic(increasing=True, tolerance=TOLERANCE)
    only_not_neutral = Expect.slice_orig(monotonic, lambda orig, pred, *args, **kwargs: orig != 1)
    suite.add(
        DIR([["I like tea.", "I really like tea."], ["I drink teas.", "I really drink teas."]], only_not_neutral),
        name="intensifiers",
        capability="Vocabulary",
    )
    suite.add(
        DIR([["The tea came.", "The tea came. You are kind.", "The tea came. I am glad."]], Expect.pairwise(up)),
        name="add positive phrases",
        capability="Vocabulary",
    )
    suite.add(
        INV([["The tea came!", "The tea came", "The tea came."], ["Tea, please.", "Tea, please"]]),
        name="punctuation",
        capability="Robustness",
        description='strip punctuation and / or add "."',
    )
    suite.add(
        MFT(["The tea is not bitter.", "That is no bad soup."], Expect.single(not_negative)),
        name="simple negations: not negative",
        capability="Negation",
    )
    suite.add(
        MFT(["Is the tea bitter? No", "Is the tea lovely? No"], Expect.single(lenient), labels=np.array([1, 0])),
        name="Q & A: no",
        capability="SRL",
    )
    words = np.array([len(test.data) for test in suite.tests.values()])
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.1, 0.2, 0.7]])

    def predict(texts):
        chosen = np.array([(len(text) + int(words.sum())) % 3 for text in texts])
        return chosen, probabilities[chosen]

    suite.get_raw_examples(n=2, seed=1)
    for test in suite.tests.values():
        rows = test.recover_example_list_and_indices()[0]
        test.run_from_preds_confs(*predict(rows))
    return suite


def qqp():
    suite = TestSuite()
    suite.add(
        MFT([("Is Ann a cook?", "Is Ann a good cook?"), ("Is Bo tall?", "Is Bo very tall?")], labels=0),
        name="Modifier: adj",
        capability="Vocabulary",
        description="Adding an adjective makes questions non-duplicates",
    )
    suite.add(
        INV([[("Who is Ann?", "Who is she?"), ("Who is Amy?", "Who is she?")]]),
        name="Change same name in both questions",
        capability="NER",
    )
    suite.add(
        DIR([[("Who is Ann?", "How may I ask?"), ("Who is Ann?", "May I ask how?")]], Expect.eq(1), agg_fn="all"),
        name="(q, paraphrase(q))",
        capability="Robustness",
    )
    suite.add(
        DIR(
            [[("a?", "b?"), ("a?", "c?"), ("b?", "c?")]],
            Expect.testcase(lambda xs, *_: np.array([True] * len(xs))),
            labels=[[1, 1, 1]],
        ),
        name="Testing implications",
        capability="Logic",
    )
    return suite


def squad():
    suite = TestSuite()
    context = "Ann is taller than Bo."
    suite.add(
        MFT(
            [
                [(context, "Who is shorter?"), (context, "Who is taller?")],
                [("Bo is older than Cy.", "Who is older?"), ("Bo is older than Cy.", "Who is younger?")],
            ],
            labels=[["Bo", "Ann"], ["Bo", "Cy"]],
            expect=Expect.eq(),
        ),
        name="A is COMP than B. Who is more / less COMP?",
        capability="Vocabulary",
    )
    suite.add(
        INV(
            [[("Ann lives in Rome.", "Who lives in Rome?"), ("Eve lives in Rome.", "Who lives in Rome?")]],
            meta=[[None, ("Ann", "Eve")]],
        ),
        name="Change name everywhere",
        capability="NER",
    )
    suite.add(
        MFT(
            [("Ann is not a cook, Bo is.", "Who is a cook?"), ("Bo is not a nurse, Ann is.", "Who is a nurse?")],
            labels=["Bo", "Ann"],
        ),
        name="M/F failure rates should be similar for different professions",
        capability="Fairness",
        description="Using negation in context.",
    )
    answers = {"Who is shorter?": "Ann", "Who is taller?": "Ann", "Who is older?": "Bo", "Who is younger?": "Cy"}

    def predict(pairs):
        return [answers.get(question, context.split(" ")[0]) for context, question in pairs], [1] * len(pairs)

    suite.get_raw_examples(format_fn=lambda pair: pair)
    for test in suite.tests.values():
        test.run_from_preds_confs(*predict(test.recover_example_list_and_indices()[0]))
    return suite


for make in (sentiment, qqp, squad):
    name = make.__name__ + "_suite"
    content = dill.dumps(make(), protocol=3, recurse=True)
    member = tarfile.TarInfo(name + ".pkl")
    member.size = len(content)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(member, io.BytesIO(content))
    with Path(name + ".tar.gz").open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as zipped:
        zipped.write(packed.getvalue())
