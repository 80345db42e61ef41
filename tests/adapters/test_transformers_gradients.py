"""Integrated gradients are those of captum, called by hand on the model of `transformers`, and add up to what they must."""

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from transformers_bench import make_examples, open_session

from benchwright.explanations.words import words_of
from benchwright.types import GivesGradients, Kind, Target

pytestmark = [pytest.mark.torch]

STEPS = 20
LABEL = bench.make_task()
PAIR = bench.make_task(inputs=("first", "second"))
NUMBER = bench.make_task(Kind.REGRESS, labels=())
TAGS = ("O", "B-PER", "I-PER", "B-A-B", "I-A-B")
TAG = bench.make_task(Kind.TAG, labels=TAGS)
SPAN = bench.make_task(Kind.SPAN)
CHOOSE = bench.make_task(Kind.CHOOSE)
RECORD = bench.make_task(Kind.CHOOSE, ["passage", "query", "options"], placeholder="@placeholder", by_text=True)
FAMILIES = ("bert", "roberta", "deberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert", "gpt2")
TEXTS = ["the film was lovely, and quite wonderful", "Caf\u00e9 \u2014 na\u00efve \U0001f600 soup", "boring"]


def library(folder, auto, **options):
    """Model and tokenizer as `transformers` opens them."""
    import torch
    import transformers

    model = getattr(transformers, auto).from_pretrained(folder, dtype=torch.float32).eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder, **checkpoints.segments(folder), **options)


def by_captum(model, given, number, instead):
    """The reference: captum on the layer of embeddings, one input, one value for each token, all steps at once."""
    import torch
    from captum.attr import LayerIntegratedGradients

    columns = {name: torch.tensor(values) for name, values in given.items()}
    ids = columns.pop("input_ids")

    def forward(ids):
        return number(model(input_ids=ids, **{name: torch.cat([one] * len(ids)) for name, one in columns.items()}))

    layer = LayerIntegratedGradients(forward, model.get_input_embeddings())
    return layer.attribute(ids, baselines=torch.tensor([instead]), n_steps=STEPS)[0].double().sum(-1).numpy()


def by_word(values, places, texts):
    """Values of tokens added up over the words of texts, read character by character.

    ``places``: for each token its text and its first character, or None. ``texts``: words of each text with their bounds.
    """
    found = {}
    for value, place in zip(values.tolist(), places, strict=True):
        if place is None:
            assert value == 0, "a special token stays as it is"
            continue
        text, start = place
        found.setdefault(next((word for word in texts[text] if word[0] <= start < word[1]), None), []).append(value)
    return {word: sum(some) for word, some in found.items()}


def instead_of(given, special, token):
    return [one if kept else token for one, kept in zip(given["input_ids"][0], special, strict=True)]


def ours(session, task, examples, targets, **options):
    words = [words_of(task, example) for example in examples]
    found = session.integrate_gradients(examples, targets, words, **{"steps": STEPS, "removal": "delete", **options})
    assert not [one for one in found if isinstance(one, str)], found
    return words, found


def assert_complete(gradients, tolerance=1e-3):
    end = gradients.completeness
    assert sum(gradients.values) + end.rest == pytest.approx(end.full - end.base, abs=tolerance)


@pytest.mark.parametrize(
    ("family", "removal"), [*((family, "delete") for family in FAMILIES), ("bert", "mask"), ("deberta-v3", "mask")]
)
def test_values_of_labels_equal_captum_called_by_hand(saved, family, removal):
    """Positions of RoBERTa, relative ones of DeBERTa, narrow embeddings of ALBERT: token by token, added up by word, any batch."""
    folder = saved(family)
    session = open_session(folder, LABEL, token_budget="200")
    examples = make_examples(text=TEXTS)
    session.predict(examples)  # leaves nothing behind that gradients fail on
    words, found = ours(session, LABEL, examples, [(Target(name="p", label="positive"),)] * 3, removal=removal)

    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    token = tokenizer.mask_token_id if removal == "mask" else model.config.pad_token_id
    for text, mine, [gradients] in zip(TEXTS, words, found, strict=True):
        given = tokenizer([text], return_offsets_mapping=True, return_special_tokens_mask=True)
        special, offsets = given.pop("special_tokens_mask")[0], given.pop("offset_mapping")[0]
        values = by_captum(model, given, lambda out: out.logits[:, 1], instead_of(given, special, token))
        starts = [next((at for at in range(start, len(text)) if text[at].strip()), -1) for start, _ in offsets]
        places = [None if kept else (0, start) for kept, start in zip(special, starts, strict=True)]
        expected = by_word(values, places, [[(word.start, word.end) for word in mine]])
        np.testing.assert_allclose(
            gradients.values, [expected.get((word.start, word.end), 0.0) for word in mine], rtol=0, atol=1e-5
        )
        assert gradients.completeness.rest == pytest.approx(expected.get(None, 0.0), abs=1e-5)
        assert gradients.completeness.full == pytest.approx(
            float(checkpoints.plain_logits(folder, [text], max_length=48)[0, 1]), abs=1e-5
        )
        assert gradients.completeness.baseline == tokenizer.convert_ids_to_tokens(token)


def test_pairs_tell_their_texts_apart(saved):
    """Words of the second text are its own; of a pair that was cut, tokens beyond the cut count for nothing."""
    folder = saved("bert")
    firsts, seconds = ["the film was lovely", "lovely " * 30], ["the film was boring", "the soup " * 30]
    session = open_session(folder, PAIR, max_length="32")
    words, found = ours(
        session, PAIR, make_examples(first=firsts, second=seconds), [(Target(name="n", label="negative"),)] * 2
    )

    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    for first, second, mine, [gradients] in zip(firsts, seconds, words, found, strict=True):
        given = tokenizer([first], [second], truncation="longest_first", max_length=32, return_offsets_mapping=True)
        offsets, texts = given.pop("offset_mapping")[0], given.sequence_ids(0)
        instead = instead_of(given, [one is None for one in texts], tokenizer.pad_token_id)
        values = by_captum(model, given, lambda out: out.logits[:, 0], instead)
        places = [None if text is None else (text, start) for text, (start, _) in zip(texts, offsets, strict=True)]
        sides = [[(word.start, word.end) for word in mine if word.input == name] for name in ("first", "second")]
        expected = [
            by_word(
                np.where([text == 1 - side for text in texts], 0, values),
                [place if place and place[0] == side else None for place in places],
                sides,
            )
            for side in (0, 1)
        ]
        told = [expected[word.input == "second"].get((word.start, word.end), 0.0) for word in mine]
        np.testing.assert_allclose(gradients.values, told, rtol=0, atol=1e-5)
        assert_complete(gradients)
    assert found[1][0].values[-1] == 0, "what was cut off"


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_a_tag_is_followed_from_its_word(saved, family):
    """Of an entity of two words the mean of both; of a sentence in windows each word where it is read."""
    folder = saved(family, "ForTokenClassification", labels=TAGS)
    short = ["the", "film", "was", "wonderful", "on", "Monday"]
    long = [word for text in checkpoints.corpus()[:12] for word in text.split()]
    session = open_session(folder, TAG, max_length="40", doc_stride="16")
    entity = Target(name="e", tags=("B-PER", "I-PER"), start=2, end=4)
    late = Target(name="e", tags=("B-A-B",), start=len(long) - 2, end=len(long) - 1)
    words, [[one], [other]] = ours(
        session, TAG, make_examples(words=[short, long]), [(entity,), (late,)], removal="mask"
    )

    spaced = {"add_prefix_space": True} if family == "roberta" else {}
    model, tokenizer = library(folder, "AutoModelForTokenClassification", **spaced)
    given = tokenizer([short], is_split_into_words=True)
    owners = given.word_ids(0)
    at = [owners.index(2), owners.index(3)]
    values = by_captum(
        model,
        given,
        lambda out: (out.logits[:, at[0], 1] + out.logits[:, at[1], 2]) / 2,
        instead_of(given, [owner is None for owner in owners], tokenizer.mask_token_id),
    )
    expected = [sum(v for v, owner in zip(values, owners, strict=True) if owner == word) for word in range(len(short))]
    np.testing.assert_allclose(one.values, expected, rtol=0, atol=1e-5)
    assert one.completeness.rest == 0
    assert_complete(one)
    assert_complete(other)
    seen = np.flatnonzero(other.values)
    assert 0 < len(seen) < len(long)
    assert seen[-1] == len(long) - 1, "the window that shows the word"
    assert words[1][seen[0]].start > 0


def test_ends_of_an_answer_are_followed_in_their_window(saved):
    """The start, read in the one window that shows the answer at its best; the question's words count too."""
    folder = saved("bert", "ForQuestionAnswering")
    context = " ".join(checkpoints.corpus()[:8])
    asked = "  the film?"
    session = open_session(folder, SPAN, max_length="40", doc_stride="8")
    [said] = session.predict(make_examples(question=[asked], context=[context]))
    start = said.extra["start"]
    ends = [Target(name=edge, start=start, end=start + len(said.output), edge=edge) for edge in ("start", "end")]
    [words], [both] = ours(session, SPAN, make_examples(question=[asked], context=[context]), [ends], removal="mask")

    model, tokenizer = library(folder, "AutoModelForQuestionAnswering")
    rows = tokenizer(
        [asked.lstrip()],
        [context],
        truncation="only_second",
        max_length=40,
        stride=8,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    best, picked = -np.inf, None
    for at, offsets in enumerate(rows["offset_mapping"]):
        first = [k for k, text in enumerate(rows.sequence_ids(at)) if text == 1 and offsets[k][0] == start]
        last = [k for k, text in enumerate(rows.sequence_ids(at)) if text == 1 and offsets[k][1] == ends[0].end]
        if first and last:
            import torch

            given = {name: [rows[name][at]] for name in ("input_ids", "token_type_ids", "attention_mask")}
            with torch.no_grad():
                out = model(**{name: torch.tensor(one) for name, one in given.items()})
            score = float(out.start_logits[0, first[0]] + out.end_logits[0, last[0]])
            if score > best:
                best, picked = score, (at, first[0], last[0], given)
    at, first, last, given = picked
    assert said.extra["score"] == pytest.approx(best, abs=1e-4)
    texts, offsets = rows.sequence_ids(at), rows["offset_mapping"][at]
    places = [
        None if text is None else (text, begin + (2 if text == 0 else 0))
        for text, (begin, _) in zip(texts, offsets, strict=True)
    ]
    for gradients, number in zip(
        both, (lambda out: out.start_logits[:, first], lambda out: out.end_logits[:, last]), strict=True
    ):
        instead = instead_of(given, [text is None for text in texts], tokenizer.mask_token_id)
        values = by_captum(model, given, number, instead)
        for side, name in enumerate(("question", "context")):
            mine = [(word.start, word.end) for word in words if word.input == name]
            some = [place if place and place[0] == side else None for place in places]
            masked = np.where([text == 1 - side for text in texts], 0, values)
            expected = by_word(masked, some, [mine] * 2)
            told = [value for value, word in zip(gradients.values, words, strict=True) if word.input == name]
            np.testing.assert_allclose(told, [expected.get(one, 0.0) for one in mine], rtol=0, atol=1e-5)
        assert_complete(gradients)


def in_joined(text, start):
    """The input and its character of one of "the woman was sleeping what was lovely"."""
    return None if text else (("premise", start) if start < 23 else ("question", start - 23))


def in_replaced(text, start):
    """Likewise of a passage, and of "the a hotel was very broken" with an option in the place of "@placeholder"."""
    if text == 0:
        return "passage", start
    return ("query", start) if start < 4 else None if start < 11 else ("query", start - 7 + 12)


@pytest.mark.parametrize(
    ("task", "pair", "place_of"),
    [
        (CHOOSE, ("the woman was sleeping what was lovely", "a hotel"), in_joined),
        (RECORD, ("the film was boring", "the a hotel was very broken"), in_replaced),
    ],
)
def test_an_option_is_followed_through_its_own_row(saved, task, pair, place_of):
    """Texts before the options are joined, or the option stands in one of them: words are found back in their inputs."""
    folder = saved("bert", "ForMultipleChoice")
    texts = {
        "premise": "the woman was sleeping",
        "question": "what was lovely",
        "passage": "the film was boring",
        "query": "the @placeholder was very broken",
        "options": ["the soup", "a hotel"],
    }
    examples = make_examples(**{name: [texts[name]] for name in task.inputs})
    session = open_session(folder, task)
    [words], [[gradients]] = ours(session, task, examples, [(Target(name="second", label="1"),)])

    model, tokenizer = library(folder, "AutoModelForMultipleChoice")
    given = tokenizer([pair[0]], [pair[1]], return_offsets_mapping=True)
    sides, offsets = given.sequence_ids(0), given.pop("offset_mapping")[0]
    rows = {name: [one] for name, one in given.items()}
    instead = [instead_of(given, [side is None for side in sides], tokenizer.pad_token_id)]
    values = by_captum(model, rows, lambda out: out.logits.reshape(-1), instead)
    told, rest = dict.fromkeys(words, 0.0), 0.0
    for value, side, (start, _) in zip(values, sides, offsets, strict=True):
        place = None if side is None else place_of(side, start)
        mine = [word for word in words if place and word.input == place[0] and word.start <= place[1] < word.end]
        if mine:
            told[mine[0]] += value
        else:
            rest += value
    np.testing.assert_allclose(gradients.values, list(told.values()), rtol=0, atol=1e-5)
    assert gradients.completeness.rest == pytest.approx(rest, abs=1e-5)
    assert abs(rest) > 1e-4, "the option's own tokens"
    assert_complete(gradients)


def test_numbers_are_followed_and_no_value_depends_on_the_items_beside_it(saved):
    """Alone, among others, in another order, after other questions: the same bytes."""
    session = open_session(saved("bert", labels=("x",)), NUMBER)
    examples = make_examples(text=[*TEXTS, checkpoints.corpus()[3]])
    targets = [(Target(name="value"),)] * 4
    _, whole = ours(session, NUMBER, examples, targets)
    session.predict(examples)
    _, turned = ours(session, NUMBER, examples[::-1], targets)
    alone = [ours(session, NUMBER, [one], targets[:1])[1][0] for one in examples]

    assert turned[::-1] == whole == alone
    for [gradients] in whole:
        assert_complete(gradients)


def test_outputs_that_stand_reversed_or_share_a_label_are_followed_as_they_are_read(saved):
    """A binary head of one output: its first label is the other turned round. Outputs of one label: their log-sum-exp."""
    examples = make_examples(text=TEXTS[:1])
    both = [(Target(name="n", label="negative"), Target(name="p", label="positive"))]
    session = open_session(saved("bert", labels=("x",)), LABEL, to_task=(0, 1), labels="negative,positive")
    _, [[first, second]] = ours(session, LABEL, examples, both)
    np.testing.assert_allclose(first.values, -np.array(second.values), rtol=0, atol=1e-6)

    folder = saved("bert", labels=("a", "b", "c"))
    session = open_session(folder, LABEL, to_task=(0, 1, 1))
    _, [found] = ours(session, LABEL, examples, both)
    raw = checkpoints.plain_logits(folder, TEXTS[:1], max_length=48)[0]
    assert found[1].completeness.full == pytest.approx(np.logaddexp(raw[1], raw[2]), abs=1e-5)
    assert found[0].completeness.full == pytest.approx(raw[0], abs=1e-5)
    for gradients in found:
        assert_complete(gradients)
    assert found[0].passes > found[1].passes > 2, "the passes are counted"
    told = session.score_targets(examples, both, "logit")[0]
    assert told == pytest.approx([one.completeness.full for one in found], abs=1e-5), "the numbers that methods ask for"


def test_models_without_gradients_say_why(saved):
    """An encoder with a decoder, another precision: told for each item, nothing raised."""
    examples, targets, words = make_examples(text=TEXTS[:1]), [(Target(name="p", label="positive"),)], [()]

    def said(folder, **options):
        session = open_session(folder, LABEL, **options)
        assert isinstance(session, GivesGradients)
        return session.integrate_gradients(examples, targets, words, steps=4, removal="delete")[0]

    assert "reads a text twice" in said(saved("bart"))
    assert "in float32, and the model computes in bfloat16" in said(saved("bert"), dtype="bfloat16")


def test_a_family_that_counts_tokens_first_is_followed_and_one_that_fills_rows_up_says_why(tmp_path, monkeypatch):
    """XLNet's table is asked with tokens x lines; Longformer's for a row that was filled up to whole windows of attention."""
    sizes = {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48, "initializer_range": 0.2, "pad_token_id": 0}
    monkeypatch.setitem(checkpoints.FAMILIES, "xlnet", ("XLNet", checkpoints.word_piece_tokenizer, sizes))
    _, make, bert = checkpoints.FAMILIES["roberta"]
    monkeypatch.setitem(checkpoints.FAMILIES, "longformer", ("Longformer", make, {**bert, "attention_window": 8}))
    examples, targets = make_examples(text=TEXTS), [(Target(name="p", label="positive"),)] * 3

    _, found = ours(
        open_session(checkpoints.save(tmp_path / "x", "xlnet"), LABEL), LABEL, examples, targets, removal="mask"
    )
    for [gradients] in found:
        assert_complete(gradients)
        assert any(gradients.values)

    session = open_session(checkpoints.save(tmp_path / "l", "longformer"), LABEL)
    said = session.integrate_gradients(examples[:1], targets[:1], [()], steps=4, removal="mask")[0]
    assert "for other tokens than the text's" in said
