"""Numbers of labels, tags, ends of answers and options are those of the model of `transformers`, called by hand."""

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from transformers_bench import make_examples, open_session

from benchwright.explanations.variants import moved_targets, variant
from benchwright.explanations.words import text_of, words_of
from benchwright.tags import entities, to_iob2
from benchwright.types import Kind, ScoresTargets, Target

pytestmark = [pytest.mark.torch]

TEXTS = ["the film was lovely, and quite wonderful", "Caf\u00e9 \u2014 na\u00efve \U0001f600 soup", ""]
LABEL = bench.make_task()
TAGS = ("O", "B-PER", "I-PER", "B-A-B", "I-A-B")
TAG = bench.make_task(Kind.TAG, labels=TAGS)
SPAN = bench.make_task(Kind.SPAN)
SILENT = bench.make_task(Kind.SPAN, unanswerable=True)
CHOOSE = bench.make_task(Kind.CHOOSE)
SENTENCE = ["the", "film", "in", "wonderfully", "house", "was", "charming"]


def library(folder, auto, **options):
    import torch
    import transformers

    model = getattr(transformers, auto).from_pretrained(folder, dtype=torch.float32).eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder, **options)


def raw(model, given):
    import torch

    with torch.inference_mode():
        found = model(**{name: torch.tensor(values) for name, values in given.items()})
    return {name: value.double().numpy() for name, value in found.items() if hasattr(value, "numpy")}


def softmax(values):
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def one_by_one(session, examples, targets, scale):
    found = session.score_targets(examples, targets, scale)
    assert not [one for one in found if isinstance(one, str)], found
    return found


def labels_of(*names):
    return tuple(Target(name=name, label=name) for name in names)


# --- labels ----------------------------------------------------------------------------------------------------------


def test_labels_are_the_outputs_of_the_head_and_their_softmax(tmp_path):
    folder = checkpoints.save(tmp_path)
    session, examples = open_session(folder, LABEL), make_examples(text=TEXTS)
    assert isinstance(session, ScoresTargets)
    targets = [labels_of("positive", "negative")] * len(examples)
    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    for scale in ("logit", "probability"):
        found = one_by_one(session, examples, targets, scale)
        for text, numbers in zip(TEXTS, found, strict=True):
            row = raw(model, tokenizer([text]))["logits"][0]
            wanted = row if scale == "logit" else softmax(row)
            assert numbers == pytest.approx(wanted[::-1], abs=1e-5)
    scores = [one.scores for one in session.predict(examples)]
    assert [numbers[::-1] for numbers in found] == [pytest.approx(list(row), abs=1e-7) for row in scores]


def test_outputs_that_share_a_label_are_added_up_as_probabilities(tmp_path):
    folder = checkpoints.save(tmp_path, labels=("a", "b", "c"))
    session, examples = open_session(folder, LABEL, to_task=(1, 0, 1)), make_examples(text=TEXTS)
    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    logits = one_by_one(session, examples, [labels_of("positive")] * 3, "logit")
    shares = one_by_one(session, examples, [labels_of("positive")] * 3, "probability")
    for text, (logit,), (share,) in zip(TEXTS, logits, shares, strict=True):
        row = raw(model, tokenizer([text]))["logits"][0]
        assert logit == pytest.approx(np.log(np.exp(row[0]) + np.exp(row[2])), abs=1e-5)
        assert share == pytest.approx(softmax(row)[[0, 2]].sum(), abs=1e-6)


def test_labels_that_do_not_exclude_each_other_have_a_sigmoid_each_and_a_binary_head_stands_for_both(tmp_path):
    several = bench.make_task(labels=("a", "b"), multilabel=True)
    folder = checkpoints.save(tmp_path / "several", labels=("a", "b"))
    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    session, examples = open_session(folder, several), make_examples(text=TEXTS[:1])
    row = raw(model, tokenizer(TEXTS[:1]))["logits"][0]
    (logits,) = one_by_one(session, examples, [labels_of("b", "a")], "logit")
    (shares,) = one_by_one(session, examples, [labels_of("b", "a")], "probability")
    assert logits == pytest.approx(row[::-1], abs=1e-5)
    assert shares == pytest.approx(1 / (1 + np.exp(-row[::-1])), abs=1e-6)

    binary = checkpoints.save(tmp_path / "binary", labels=("positive",))
    bench.rewrite(binary, problem_type="single_label_classification")
    session = open_session(binary, LABEL, to_task=(0, 1), labels="negative,positive")
    bench.rewrite(binary, problem_type=None)  # the library refuses it
    model, tokenizer = library(binary, "AutoModelForSequenceClassification")
    raised = raw(model, tokenizer(TEXTS[:1]))["logits"][0, 0]
    (logits,) = one_by_one(session, examples, [labels_of("positive", "negative")], "logit")
    (shares,) = one_by_one(session, examples, [labels_of("positive", "negative")], "probability")
    assert logits == pytest.approx([raised, -raised], abs=1e-5)
    assert shares == pytest.approx([1 / (1 + np.exp(-raised)), 1 / (1 + np.exp(raised))], abs=1e-6)


def test_a_number_is_the_output_and_an_option_the_score_of_its_row(tmp_path):
    number = bench.make_task(Kind.REGRESS, labels=())
    folder = checkpoints.save(tmp_path / "number", labels=("value",))
    model, tokenizer = library(folder, "AutoModelForSequenceClassification")
    session, examples = open_session(folder, number), make_examples(text=TEXTS[:1])
    value = raw(model, tokenizer(TEXTS[:1]))["logits"][0, 0]
    assert one_by_one(session, examples, [(Target(name="value"),)], "value") == [pytest.approx([value], abs=1e-5)]

    folder = checkpoints.save(tmp_path / "choice", head="ForMultipleChoice")
    model, tokenizer = library(folder, "AutoModelForMultipleChoice")
    session = open_session(folder, CHOOSE)
    options = ["soup", "a train", "the film"]
    examples = make_examples(premise=["the film was lovely"], question=["what"], options=[options])
    given = tokenizer(["the film was lovely what"] * 3, options, padding=True)
    row = raw(model, {name: [values] for name, values in given.items()})["logits"][0]
    targets = [tuple(Target(name=options[at], label=str(at)) for at in (2, 0))]
    assert one_by_one(session, examples, targets, "logit") == [pytest.approx(row[[2, 0]], abs=1e-5)]
    assert one_by_one(session, examples, targets, "probability") == [pytest.approx(softmax(row)[[2, 0]], abs=1e-6)]


# --- tags ------------------------------------------------------------------------------------------------------------


def entity(*tags, start):
    return Target(name="x", tags=tags, start=start, end=start + len(tags))


@pytest.mark.parametrize("family", ["bert", "roberta", "deberta-v3"])
def test_tags_are_read_at_the_first_token_of_each_word_and_averaged(tmp_path, family):
    folder = checkpoints.save(tmp_path, family, head="ForTokenClassification", labels=TAGS)
    session, examples = open_session(folder, TAG), make_examples(words=[SENTENCE])
    options = {"add_prefix_space": True} if family == "roberta" else {}
    model, tokenizer = library(folder, "AutoModelForTokenClassification", **options)
    given = tokenizer([SENTENCE], is_split_into_words=True)
    rows, word_ids = raw(model, given)["logits"][0], given.word_ids(0)
    firsts = [word_ids.index(word) for word in range(len(SENTENCE))]
    assert len(word_ids) > len(SENTENCE) + 2, "some words have several tokens"
    targets = [(entity("B-A-B", "I-A-B", start=3), entity("B-PER", start=6), entity("I-PER", start=0))]
    wanted = [[(3, "B-A-B"), (4, "I-A-B")], [(6, "B-PER")], [(0, "I-PER")]]
    for scale, value in (("logit", lambda row: row), ("probability", softmax)):
        by_hand = [np.mean([value(rows[firsts[word]])[TAGS.index(tag)] for word, tag in some]) for some in wanted]
        assert one_by_one(session, examples, targets, scale) == [pytest.approx(by_hand, abs=2e-5)]


BIOES = ("O", "B-PER", "I-PER", "E-PER", "S-PER", "S-A-B", "B-A-B", "I-A-B", "E-A-B")
IOB1 = ("O", "I-PER", "B-PER", "I-A-B", "B-A-B")


@pytest.mark.parametrize(("names", "scheme"), [(BIOES, "BIOES"), (IOB1, "IOB1")])
def test_of_other_schemes_those_outputs_count_that_give_the_word_its_tag(tmp_path, names, scheme):
    folder = checkpoints.save(tmp_path, head="ForTokenClassification", labels=names, seed=3)
    session = open_session(folder, TAG, scheme=scheme)
    sentences = [list(part) for part in (SENTENCE, SENTENCE[::-1], SENTENCE[2:] + SENTENCE, ["a"])]
    examples = make_examples(words=sentences)
    predictions = session.predict(examples)
    model, tokenizer = library(folder, "AutoModelForTokenClassification")
    found = 0
    for example, prediction in zip(examples, predictions, strict=True):
        words, tags = example.inputs["words"], prediction.output
        given = tokenizer([words], is_split_into_words=True)
        rows, word_ids = raw(model, given)["logits"][0], given.word_ids(0)
        firsts = [word_ids.index(word) for word in range(len(words))]
        said = [names[int(rows[at].argmax())] for at in firsts]
        assert to_iob2(said, scheme) == tags
        targets = tuple(entity(*tags[one.start : one.end], start=one.start) for one in entities(tags))
        shares = [
            np.mean(
                [
                    _share(rows[firsts[word]], word, tags[word], said, names, scheme)
                    for word in range(one.start, one.end)
                ]
            )
            for one in targets
        ]
        (numbers,) = one_by_one(session, [example], [targets], "probability")
        assert numbers == pytest.approx(shares, abs=1e-5)
        found += len(targets)
    assert found > 3


def _share(row, word, tag, said, names, scheme):
    """By the definition: the whole sentence is read anew with each output in the word's place."""
    meaning = [
        at for at, name in enumerate(names) if to_iob2([*said[:word], name, *said[word + 1 :]], scheme)[word] == tag
    ]
    return softmax(row)[meaning].sum()


def test_words_of_a_long_sentence_are_read_in_the_window_that_answers_for_them(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForTokenClassification", labels=TAGS)
    session = open_session(folder, TAG, max_length="12", doc_stride="4")
    words = [word for _ in range(6) for word in ("the", "film", "was", "a")]
    examples = make_examples(words=[words])
    (prediction,) = session.predict(examples)
    targets = [tuple(entity(tag, start=at) for at, tag in enumerate(prediction.output))]
    (numbers,) = one_by_one(session, examples, targets, "probability")
    rows = session.codec.encode(examples)
    model, _ = library(folder, "AutoModelForTokenClassification")
    assert len(rows.encoded) > 2
    by_word = {}
    for window in range(len(rows.encoded)):
        logits = raw(model, {"input_ids": [rows.encoded.row(window).tolist()]})["logits"][0]
        by_word |= {int(word): softmax(logits[position]).max() for position, word in rows.firsts[window]}
    assert numbers == pytest.approx([by_word[word] for word in range(len(words))], abs=1e-5)


def test_a_word_without_a_token_and_a_tag_that_no_output_means_are_told_and_lose_no_other(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForTokenClassification", labels=TAGS[:3])
    session = open_session(folder, TAG)
    examples = make_examples(words=[SENTENCE, ["a", "\u200b"], SENTENCE, ["the", "\ud800"]])
    some = [
        (entity("B-PER", start=0),),
        (entity("B-PER", start=1),),
        (entity("B-A-B", start=0),),
        (entity("O", start=0),),
    ]
    found = session.score_targets(examples, some, "probability")
    assert isinstance(found[0], list)
    assert "word 2 of the sentence has no token" in found[1]
    assert "no output of the model is read as the tag of word 1" in found[2]
    assert "the tokenizer fails" in found[3]
    assert session.score_targets([], [], "logit") == []


# --- answers ---------------------------------------------------------------------------------------------------------

CONTEXT = "the film was lovely. a woman is sleeping in the house, and the boy was eating soup in 2009"


def ends_of(answer, context=CONTEXT):
    start = context.index(answer)
    return tuple(Target(name=edge, edge=edge, start=start, end=start + len(answer)) for edge in ("start", "end"))


@pytest.mark.parametrize("family", ["bert", "roberta", "deberta-v3"])
def test_ends_of_an_answer_are_read_at_the_tokens_that_hold_them(tmp_path, family):
    folder = checkpoints.save(tmp_path, family, head="ForQuestionAnswering")
    session, examples = open_session(folder, SPAN), make_examples(question=["who"], context=[CONTEXT])
    model, tokenizer = library(folder, "AutoModelForQuestionAnswering")
    given = tokenizer(["who"], [CONTEXT], max_length=checkpoints.POSITIONS)
    outputs = raw(model, given)
    mine = [at for at, text in enumerate(given.sequence_ids(0)) if text == 1]
    for answer in ("a woman", "2009", "lovely", "oy was eat"):
        start = CONTEXT.index(answer)
        first = given.char_to_token(0, start, 1)
        last = given.char_to_token(0, start + len(answer) - 1, 1)
        logits, shares = (
            one_by_one(session, examples, [ends_of(answer)], scale)[0] for scale in ("logit", "probability")
        )
        places = [(outputs["start_logits"][0], first), (outputs["end_logits"][0], last)]
        assert logits == pytest.approx([row[at] for row, at in places], abs=2e-5)
        assert shares == pytest.approx([softmax(row[mine])[at - mine[0]] for row, at in places], abs=1e-5)


def test_both_ends_of_the_models_own_answer_add_up_to_its_score(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForQuestionAnswering")
    contexts = [CONTEXT, CONTEXT * 3, " \t" + CONTEXT, "soup"]
    examples = make_examples(question=["who", "where is it", "", "what"], context=contexts)
    for options in ({}, {"max_length": "24", "doc_stride": "8"}):
        session = open_session(folder, SPAN, **options)
        predictions = session.predict(examples)
        targets = [
            tuple(
                Target(name=edge, edge=edge, start=one.extra["start"], end=one.extra["start"] + len(one.output))
                for edge in ("start", "end")
            )
            for one in predictions
        ]
        found = one_by_one(session, examples, targets, "logit")
        assert [sum(ends) for ends in found] == pytest.approx([one.extra["score"] for one in predictions], abs=1e-5)


def test_of_several_windows_the_one_counts_in_which_both_ends_together_are_highest(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForQuestionAnswering")
    session = open_session(folder, SPAN, max_length="24", doc_stride="8")
    examples = make_examples(question=["who"], context=[CONTEXT])
    rows = session.codec.encode(examples)
    model, _ = library(folder, "AutoModelForQuestionAnswering")
    best, several = {}, 0
    for window in range(len(rows.encoded)):
        given = {name: [rows.encoded.row(window, name).tolist()] for name in rows.encoded.columns}
        outputs = raw(model, given)
        starts, ends = outputs["start_logits"][0], outputs["end_logits"][0]
        first, last = rows.context[window]
        for number, (low, high) in enumerate(rows.offsets[window].tolist()):
            at = first + number
            sums = starts[at] + ends[at]
            several += (low, high) in best
            if (low, high) not in best or sums > best[low, high][0]:
                mine = slice(first, last + 1)
                best[low, high] = sums, starts[at], ends[at], softmax(starts[mine])[number], softmax(ends[mine])[number]
    assert several > 3
    for (low, high), (_, *wanted) in best.items():
        target = [tuple(Target(name=edge, edge=edge, start=low, end=high) for edge in ("start", "end"))]
        (logits,), (shares,) = (one_by_one(session, examples, target, scale) for scale in ("logit", "probability"))
        assert [*logits, *shares] == pytest.approx(wanted, abs=1e-5)


def test_characters_without_a_token_fall_to_the_nearest_one_inside_and_none_is_told(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForQuestionAnswering")
    session = open_session(folder, SPAN)
    context = "the\u200b\u200b film was"
    examples = make_examples(question=["who"], context=[context])
    dropped = Target(name="start", edge="start", start=4, end=5), Target(name="end", edge="end", start=4, end=5)
    film, the = context.index("film"), 3
    near = (
        Target(name="start", edge="start", start=film, end=film + 4),
        Target(name="end", edge="end", start=0, end=the),
    )
    assert one_by_one(session, examples, [dropped], "logit") == [
        pytest.approx([one_by_one(session, examples, [(one,)], "logit")[0][0] for one in near])
    ]
    blank = make_examples(question=["who", "who"], context=["\u200b", "soup"])
    found = session.score_targets(blank, [dropped, ends_of("soup", "soup")], "logit")
    assert "no token of the context" in found[0]
    assert len(found[1]) == 2


def test_that_there_is_no_answer_is_the_null_score_and_its_sigmoid(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForQuestionAnswering")
    examples = make_examples(question=["who", "where is it"], context=[CONTEXT, CONTEXT * 2])
    none = (Target(name="no answer", edge="none"),)
    for options in ({}, {"max_length": "24", "doc_stride": "8"}):
        session = open_session(folder, SILENT, null_threshold="-1000", **options)
        predictions = session.predict(examples)
        assert [one.output for one in predictions] == ["", ""]
        nulls = np.array([one.extra["null_score"] for one in predictions])
        logits = one_by_one(session, examples, [none, none], "logit")
        shares = one_by_one(session, examples, [none, none], "probability")
        assert np.ravel(logits) == pytest.approx(nulls, abs=1e-5)
        assert np.ravel(shares) == pytest.approx(1 / (1 + np.exp(-nulls)), abs=1e-6)


def test_where_questions_may_have_no_answer_the_class_token_shares_the_probability(tmp_path):
    folder = checkpoints.save(tmp_path, head="ForQuestionAnswering")
    session, examples = open_session(folder, SILENT), make_examples(question=["who"], context=["the soup"])
    model, tokenizer = library(folder, "AutoModelForQuestionAnswering")
    given = tokenizer(["who"], ["the soup"])
    row = raw(model, given)["start_logits"][0]
    mine = [0, *(at for at, text in enumerate(given.sequence_ids(0)) if text == 1)]
    token = given.char_to_token(0, 4, 1)
    (shares,) = one_by_one(session, examples, [ends_of("soup", "the soup")[:1]], "probability")
    assert shares == pytest.approx([softmax(row[mine])[mine.index(token)]], abs=1e-6)


@pytest.mark.parametrize(("family", "mask"), [("bert", "[MASK]"), ("roberta", "<mask>"), ("deberta-v3", "[MASK]")])
def test_where_the_words_of_an_answer_are_masked_its_ends_are_read_at_the_masks(tmp_path, family, mask):
    folder = checkpoints.save(tmp_path, family, head="ForQuestionAnswering")
    session = open_session(folder, SPAN)
    (example,) = make_examples(question=["who"], context=[CONTEXT])
    words = words_of(SPAN, example)
    kept = np.array([text_of(example, word) not in ("lovely", "a", "woman", "boy") for word in words])
    targets = moved_targets(SPAN, example, words, ends_of("a woman"), kept, mask=mask)
    masked = variant(example, words, kept, mask=mask)
    assert masked.inputs["context"].startswith(f"the film was {mask}. {mask} {mask} is")
    model, tokenizer = library(folder, "AutoModelForQuestionAnswering")
    given = tokenizer(["who"], [masked.inputs["context"]], max_length=checkpoints.POSITIONS)
    outputs, ids = raw(model, given), given["input_ids"][0]
    _, first, last, _ = [at for at, token in enumerate(ids) if token == tokenizer.mask_token_id]
    wanted = [outputs["start_logits"][0, first], outputs["end_logits"][0, last]]
    assert one_by_one(session, [masked], [targets], "logit") == [pytest.approx(wanted, abs=2e-5)]


# --- masks -----------------------------------------------------------------------------------------------------------

MASKS = {
    "bert": "[MASK]", "roberta": "<mask>", "deberta": "[MASK]", "deberta-v3": "[MASK]", "albert": "[MASK]",
    "modernbert": "[MASK]", "gpt2": "", "t5": "<unk>", "bart": "<mask>",
}  # fmt: skip


@pytest.mark.parametrize("family", MASKS)
def test_the_mask_of_a_family_is_read_as_one_token_wherever_it_stands(tmp_path, family):
    folder = checkpoints.save(tmp_path, family)
    session = open_session(folder, LABEL)
    mask = session.mask
    assert mask == MASKS[family]
    if mask:
        tokenizer = session.codec.tokenizing.tokenizer
        number = tokenizer.mask_token_id if tokenizer.mask_token_id is not None else tokenizer.unk_token_id
        texts = [f"film {mask} soup", f"film{mask}soup", f"film {mask}.", mask, f"{mask}{mask}", "film"]
        encoded = session.codec.encode(make_examples(text=texts)).encoded
        assert [encoded.row(at).tolist().count(number) for at in range(len(texts))] == [1, 1, 1, 1, 2, 0]


def test_a_tagger_reads_a_mask_as_one_word_of_one_token(tmp_path):
    for family, mask in (("bert", "[MASK]"), ("roberta", "<mask>")):
        folder = checkpoints.save(tmp_path / family, family, head="ForTokenClassification", labels=TAGS)
        session = open_session(folder, TAG)
        assert session.mask == mask
        tokenizer = session.codec.tokenizing.tokenizer
        encoded = session.codec.encode(make_examples(words=[["the", mask, "was", mask, mask]])).encoded
        assert encoded.row(0).tolist().count(tokenizer.mask_token_id) == 3
