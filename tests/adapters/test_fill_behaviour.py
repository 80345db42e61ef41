"""A suite to fill, from its templates to verdicts, on a tiny masked language model; and the words that it suggests."""

import json

import numpy as np
import pytest

import benchwright
from benchwright.behaviour import Editor, Monotonic, dir_, inv, make_suite, mft, write_suite
from benchwright.cli.main import call
from benchwright.errors import BenchwrightError
from benchwright.store import Store

pytestmark = [pytest.mark.torch]

OPTIONS = ["film", "train", "concert"]
TEXTS = ["the {mask} was lovely", "the {mask} was broken", "a {mask} was boring"]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """Six cases of three tests, written as a file."""
    items = [{"text": text, "options": OPTIONS} for text in TEXTS]
    pairs = [[items[0], items[1]], [items[0], items[2]]]
    path = tmp_path_factory.mktemp("suite") / "slots.jsonl"
    made = make_suite(
        "slots",
        mft("film", items[:2], labels="film", capability="Vocabulary"),
        inv("adjectives", pairs, capability="Robustness"),
        dir_(
            "concert", pairs, capability="Vocabulary", expect=Monotonic(direction="up", value="concert", tolerance=0.0)
        ),
        kind="fill",
    )
    write_suite(made, path)
    return path


def plain(folder, text):
    """Log-probabilities of all tokens at the slot, by `transformers` alone; and its tokenizer."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder).eval()
    given = tokenizer(text.replace("{mask}", tokenizer.mask_token), return_tensors="pt")
    place = int((given["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0])
    with torch.inference_mode():
        return model(**given).logits[0, place].double().log_softmax(0).numpy(), tokenizer


def of_options(folder, text):
    found, tokenizer = plain(folder, text)
    return [found[tokenizer.convert_tokens_to_ids(option)] for option in OPTIONS]


def test_verdicts_are_those_of_a_plain_loop(saved, suite, tmp_path, capsys):
    """From the command line: log-probabilities, rates by test, and the failing cases in words."""
    folder, place = saved("bert", head="ForMaskedLM"), tmp_path / "store"
    typed = [
        "run",
        f"m={folder}",
        "--suite",
        f"behaviour/slots?path={suite}",
        "--store",
        str(place),
        "--format",
        "json",
    ]
    assert call(typed) == 0
    cell = json.loads(capsys.readouterr().out)["results"][0]
    scores = [of_options(folder, text) for text in TEXTS]
    best = [int(np.argmax(row)) for row in scores]
    pairs = [(0, 1), (0, 2)]
    wanted = {
        "film": [best[at] != 0 for at in (0, 1)],
        "adjectives": [best[one] != best[other] for one, other in pairs],
        "concert": [scores[other][2] < scores[one][2] for one, other in pairs],
    }
    run = benchwright.evaluate(f"m={folder}", suite=f"behaviour/slots?path={suite}", store=place)
    rates = {one.slice: one.value for one in run.cells[0].scores if one.metric == "failure_rate@1"}
    records = Store(place).read_records(run.cells[0].key)

    assert rates[None] == np.mean([one for failing in wanted.values() for one in failing])
    np.testing.assert_allclose([one.scores for one in records[:2]], scores[:2], rtol=0, atol=1e-5)
    assert [one.output for one in records[:2]] == best[:2]
    assert cell["status"] == "scored"
    assert call(["show", run.name, "--store", str(place), "--worst", "5"]) == 0
    shown = capsys.readouterr().out
    assert f"{best[1]}: {OPTIONS[best[1]]}" in shown
    assert "expected   0: film" in shown or not any(wanted["film"])
    run.report(tmp_path / "r.html")
    assert "concert" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_most_probable_words_are_asked_for(saved, tmp_path):
    """A right word is one of the five that a model gives; the first of these decides invariance."""
    folder, path = saved("bert", head="ForMaskedLM"), tmp_path / "words.jsonl"
    found, tokenizer = plain(folder, TEXTS[0])
    found[tokenizer.all_special_ids] = -np.inf
    words = tokenizer.convert_ids_to_tokens(np.argsort(-found)[:5].tolist())
    found[tokenizer.all_special_ids] = 0.0
    unlikely = tokenizer.convert_ids_to_tokens([int(np.argmin(found))])[0]
    rows = [{"text": TEXTS[0]}]
    made = make_suite(
        "words",
        mft("among", rows, labels=[[[unlikely, words[4]]]], capability="Vocabulary"),
        mft("not among", rows, labels=unlikely, capability="Vocabulary"),
        inv("blank", [[{"text": TEXTS[0]}, {"text": f"{TEXTS[0]} "}]], capability="Robustness"),
        kind="fill",
        top=5,
    )
    write_suite(made, path)
    run = benchwright.evaluate(f"m={folder}", suite=f"behaviour/words?path={path}", store=tmp_path / "store")
    records = Store(tmp_path / "store").read_records(run.cells[0].key)

    assert [tuple(one.output) for one in records] == [tuple(words)] * 4
    assert run.cells[0].score.value == 1 / 3


def test_words_that_a_model_suggests(saved):
    """The most probable ones at the slot; of several texts by the mean over all of them."""
    folder = saved("bert", head="ForMaskedLM")
    alone = Editor().suggest(TEXTS[0], model=str(folder), top=5)
    first, tokenizer = plain(folder, TEXTS[0])
    ranked = tokenizer.convert_ids_to_tokens(np.argsort(-first).tolist())
    assert [word for word in ranked if word.isalnum()][:5] == alone

    several = Editor().suggest("the {mask} was {adj}", model=str(folder), top=5, adj=["lovely", "broken"])
    means = np.mean([plain(folder, text)[0] for text in TEXTS[:2]], axis=0)
    known = {word: means[tokenizer.convert_tokens_to_ids(word)] for word in several}
    assert sorted(several, key=lambda word: -known[word]) == several
    ranked = tokenizer.convert_ids_to_tokens(np.argsort(-means).tolist())
    assert [word for word in ranked if word.isalnum()][:5] == several


@pytest.mark.parametrize(
    ("template", "options", "said"),
    [
        ("the film was lovely", {}, "has no {mask}"),
        ("the {mask} was lovely", {"top": 0}, "top=0"),
        ("the {mask} was lovely", {"model": "constant:film"}, "the adapter constant fills no slots"),
    ],
)
def test_what_suggests_nothing(saved, template, options, said):
    """A template without a slot, no words, a model that fills none."""
    with pytest.raises(BenchwrightError, match=said):
        Editor().suggest(template, **{"model": str(saved("bert", head="ForMaskedLM")), **options})


def test_a_head_that_fills_no_slot_is_refused(saved):
    """It is never made at random."""
    with pytest.raises(BenchwrightError, match="ForSequenceClassification"):
        Editor().suggest(TEXTS[0], model=str(saved("bert")))
