"""Scores of a fill task equal plain loops of one mask a forward, for every rule and ten families."""

import csv

import numpy as np
import pytest
import transformers_checkpoints

from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.files import read_files
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, LabelMap, ModelRef
from benchwright_adapters._transformers.flat.heads import ROWS

pytest.importorskip("torch")

CLOSE = 1e-5
"""Of a term; of a sum of many single-precision log-probabilities a relative 1e-6 of it is allowed beside it."""

_XLM_R = transformers_checkpoints.FAMILIES["roberta"][2]


def xlm_roberta_tokenizer():
    from transformers import XLMRobertaTokenizer

    specials = [(token, 0.0) for token in ("<s>", "<pad>", "</s>", "<unk>")]
    return XLMRobertaTokenizer(vocab=[*specials, *transformers_checkpoints._unigrams(), ("<mask>", 0.0)])


def mpnet_tokenizer():
    from transformers import MPNetTokenizer

    specials = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    pieces = transformers_checkpoints._word_pieces()
    return MPNetTokenizer(vocab=transformers_checkpoints._specials_first(specials, pieces))


MORE = {
    "xlm-roberta": ("XLMRoberta", xlm_roberta_tokenizer, _XLM_R),
    "mpnet": ("MPNet", mpnet_tokenizer, _XLM_R),
}
FAMILIES = (
    "bert",
    "roberta",
    "deberta",
    "deberta-v3",
    "albert",
    "electra",
    "distilbert",
    "modernbert",
    "xlm-roberta",
    "mpnet",
)
PAIRS = (
    ("the woman was lovely.", "the man was lovely."),
    ("another tedious story", "a long and tedious story"),
    ("The zebra slept on it!", "The crocodile slept on it!"),
    ("cook", "train"),
    ("the soup was not boring", "the soup was boring"),
)
"""One word, several spans, words of several tokens, nothing shared but special tokens, nothing of its own."""
SLOTS = (
    ("the {mask} was lovely.", ("woman", "man", "zebra crossing", "crocodiles")),
    ("{mask} was eating.", ("The teacher", "the boy")),
    ("they said ({mask})", ("nothing", "never")),
)
SENTENCE_RULES = ("pll", "pll-word-l2r", "official-2020", "bias-bench-2022", "aul", "aula")
OF_PAIRS = ("official-2020", "bias-bench-2022")


def card(rule, *, slot=False, **fields):
    inputs = {"text": ("text",), "options": ("options",)} if slot else {"options": ("options",)}
    return build_task(kind="fill", inputs=inputs, rule=rule, metrics=(), **fields)


def items(task, rows):
    return [
        Example(
            id=f"t/{at}", index=at, inputs=dict(zip(task.inputs, row if "text" in task.inputs else (row,), strict=True))
        )
        for at, row in enumerate(rows)
    ]


class Opened:
    """A checkpoint opened once for all rules."""

    def __init__(self, folder):
        from masked_loop import PlainLoop

        from benchwright.checkpoints.open_model import open_checkpoint

        self.model = ModelRef(name="m", adapter="transformers", path=str(folder))
        files = read_files(folder, "m", read_config(folder, "m"))
        self.opened = open_checkpoint(files, dtype="float32", device="cpu", exact=True, auto="AutoModelForMaskedLM")
        self.loop = PlainLoop(folder, self.opened.tokenizer)

    def session(self, task, **options):
        from benchwright_adapters._transformers.masked import MaskedForward
        from benchwright_adapters._transformers.opening import open_session
        from benchwright_adapters._transformers.settings import read_settings

        context = Context(suite="s", train=lambda _: None, items=tuple)
        model = ModelRef(name="m", adapter="transformers", path=self.model.path, options=options)
        forward = MaskedForward(self.opened, "float32", attention=task.rule == "aula", top=task.top)
        labels = LabelMap(to_task=(), origin="task")
        settings = read_settings(model, task, context)
        return open_session(self.opened, task, settings, labels, forward=forward, threshold=None)

    def scores(self, task, rows, **options):
        found = self.session(task, **options).predict(items(task, rows))
        assert [one.error for one in found] == [None] * len(rows)
        assert all(one.output == one.scores.index(max(one.scores)) for one in found)
        return [one.scores for one in found]

    def expected(self, rule, pair, digits):
        score = getattr(self.loop, rule.replace("-", "_"))
        return score(*pair, digits=digits) if rule in OF_PAIRS else [score(text) for text in pair]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    done = {}

    def make(family, **changes):
        key = (family, repr(changes))
        if key not in done:
            transformers_checkpoints.FAMILIES.update(MORE)
            try:
                folder = tmp_path_factory.mktemp(family)
                transformers_checkpoints.save(folder, family, head="ForMaskedLM", **changes)
            finally:
                for name in MORE:
                    del transformers_checkpoints.FAMILIES[name]
            done[key] = Opened(folder)
        return done[key]

    return make


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_are_those_of_one_mask_and_one_forward_at_a_time(family, opened):
    """Sentences and candidates, by every rule, unrounded."""
    model = opened(family)
    for rule in SENTENCE_RULES:
        digits = 12 if rule in OF_PAIRS else None
        found = model.scores(card(rule, digits=digits), PAIRS)
        expected = [model.expected(rule, pair, 12) for pair in PAIRS]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=CLOSE, err_msg=rule)
    for rule in ("slot", "stereoset"):
        for (text, options), scores in zip(SLOTS, model.scores(card(rule, slot=True), SLOTS), strict=True):
            expected = [getattr(model.loop, rule)(text, option) for option in options]
            np.testing.assert_allclose(scores, expected, rtol=1e-6, atol=CLOSE, err_msg=f"{rule}: {text}")


def test_published_rules_round_to_three_decimals(opened):
    """As both scripts do before they compare; where nothing is read, both are 0."""
    model = opened("bert")
    official = model.scores(card("official-2020"), PAIRS)
    bench = model.scores(card("bias-bench-2022"), PAIRS)

    assert all(score == round(score, 3) for pair in (*official, *bench) for score in pair)
    assert official[3] == (0.0, 0.0)
    assert bench[4] == (0.0, 0.0)
    assert not np.signbit(bench[4]).any()


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_batches_and_the_place_of_the_head_change_nothing(family, opened, monkeypatch):
    """Small batches, one row at a time, rows of one length instead of buffers, and the whole head everywhere."""
    model, task = opened(family), card("pll-word-l2r")
    expected = model.scores(task, PAIRS)
    for budget in ("1", "40"):
        np.testing.assert_allclose(model.scores(task, PAIRS, token_budget=budget), expected, rtol=1e-6, atol=CLOSE)
    monkeypatch.setitem(ROWS, "cpu", 16)
    np.testing.assert_allclose(model.scores(task, PAIRS), expected, rtol=1e-6, atol=CLOSE)
    monkeypatch.setattr(
        "benchwright_adapters._transformers.masked.MaskedForward._prove", lambda *_: "tried without buffers"
    )
    np.testing.assert_allclose(model.scores(task, PAIRS), expected, rtol=1e-6, atol=CLOSE)
    monkeypatch.setattr("benchwright_adapters._transformers.masked.MaskedForward._may_be_sparse", lambda *_: False)
    np.testing.assert_allclose(model.scores(task, PAIRS), expected, rtol=1e-6, atol=CLOSE)


def test_equal_rows_are_read_once(opened):
    """The masked place of two options is one row, and the same item twice costs nothing more."""
    model = opened("bert")
    session = model.session(card("bias-bench-2022"))
    rows = session.codec.encode(items(session.codec._task, [("the man was", "the woman was")]))
    once = session.run(rows.encoded).batches

    assert len(rows.encoded) == 1
    assert rows.encoded.reads.tokens.size == 2
    twice = session.codec.encode(items(session.codec._task, [("the man was", "the woman was")] * 2))
    raw = session.run(twice.encoded)
    assert raw.batches == once
    np.testing.assert_array_equal(raw.values[0], raw.values[1])


def test_options_that_read_the_same_are_a_tie_and_the_first_is_the_answer(opened):
    """An uncased tokenizer reads both in lower case."""
    (found,) = opened("bert").session(card("pll")).predict(items(card("pll"), [("the film", "The Film")]))

    assert found.scores[0] == found.scores[1]
    assert found.output == 0


def test_truncation_is_told_and_a_slot_beyond_it_is_an_error(opened):
    """The end of a sentence is cut; all options keep the same text after their slot."""
    model = opened("bert")
    long = "the film was lovely " * 30
    pairs = model.session(card("pll"), max_length="16").predict(items(card("pll"), [("the film", long), ("a", "the")]))
    task = card("slot", slot=True)
    rows = [(f"the {{mask}} was {long}", ("film", "zebra")), (f"{long} the {{mask}}", ("film", "zebra"))]
    slots = model.session(task, max_length="16").predict(items(task, rows))

    assert [one.truncated for one in (*pairs, slots[0])] == [True, False, True]
    assert slots[0].error is None
    assert "the slot lies beyond the 14 tokens" in slots[1].error


def test_what_has_no_token_is_an_error_of_its_item(opened):
    """Characters that the tokenizer drops, and half a character."""
    task = card("pll")
    found = opened("bert").session(task).predict(items(task, [("a", "\u200b"), ("a", "\ud800"), ("a", "the")]))

    assert "has no token in this vocabulary" in found[0].error
    assert "the tokenizer fails" in found[1].error
    assert found[2].error is None


def test_words_of_one_and_of_several_tokens_are_counted(opened):
    """Of the words that one sentence alone has; a token that candidate and context share is counted too."""
    task = card("pll-word-l2r")
    found = opened("bert").session(task).predict(items(task, [("the film was lovely", "the soups was lovely")]))

    assert found[0].extra["counts"] == {"differing words of one token": 1, "differing words of several tokens": 1}
    assert found[0].extra["text_tokens"] < found[0].extra["tokens"]


@pytest.mark.realdata
def test_pairs_of_the_release_are_scored_as_by_the_loop(opened, shared_data):
    """Twelve of CrowS-Pairs, unlike in length and category, by the official rule and the default one."""
    path = shared_data / "bias" / "CrowS-Pairs" / "crows_pairs_anonymized.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(row["sent_more"], row["sent_less"]) for row in csv.DictReader(lines)][::130]
    model = opened("bert", max_position_embeddings=256)
    for rule in ("official-2020", "pll-word-l2r"):
        found = model.scores(card(rule, digits=12), rows)
        expected = [model.expected(rule, pair, 12) for pair in rows]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=CLOSE, err_msg=rule)


def test_an_option_that_holds_a_special_token_is_an_error_and_has_no_score(opened):
    """The probability that a mask is a mask, or the end of a text, says nothing of words."""
    model = opened("bert")
    pairs = model.session(card("pll")).predict(items(card("pll"), [("the [MASK] film", "the film"), ("a", "the")]))
    task = card("slot", slot=True)
    rows = [("the {mask} was late", ("[MASK]", "film")), ("the {mask} was late", ("film", "[SEP]"))]
    slots = model.session(task).predict(items(task, rows))

    assert [one.scores for one in (pairs[0], *slots)] == [None] * 3
    assert pairs[0].error.startswith("'the [MASK] film' holds [MASK], a special token")
    assert [one.error.split(",")[0] for one in slots] == ["'[MASK]' holds [MASK]", "'[SEP]' holds [SEP]"]
    assert pairs[1].error is None
