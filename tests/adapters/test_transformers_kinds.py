"""Tags, spans and choices are those of `transformers` alone, one input at a time, at any token budget."""

import json

import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from transformers_bench import make_examples, open_session

from benchwright.errors import ModelError
from benchwright.tags import read_tags, to_iob2
from benchwright.types import Context, Kind, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]

BUDGETS = (64, 100_000)
TOLERANCE = 1e-5
TAGS = ("O", "B-PER", "I-PER", "B-A-B", "I-A-B")
CORE = ("bert", "roberta", "deberta", "deberta-v3", "albert", "electra", "distilbert", "modernbert")


TAG = bench.make_task(Kind.TAG, labels=TAGS)
SPAN = bench.make_task(Kind.SPAN)
SPAN2 = bench.make_task(Kind.SPAN, unanswerable=True)
CHOOSE = bench.make_task(Kind.CHOOSE)
RECORD = bench.make_task(Kind.CHOOSE, ["passage", "query", "options"], placeholder="@placeholder", by_text=True)


def refused(folder, task, **options):
    with pytest.raises(ModelError) as caught:
        open_session(folder, task, **options)
    return str(caught.value)


def library(folder, auto, **options):
    """Model and tokenizer as `transformers` opens them."""
    import torch
    import transformers

    model = getattr(transformers, auto).from_pretrained(folder, dtype=torch.float32).eval()
    return model, transformers.AutoTokenizer.from_pretrained(folder, **checkpoints.segments(folder), **options)


def ask(model, columns):
    import torch

    with torch.inference_mode():
        return model(**{name: torch.tensor(values) for name, values in columns.items()})


# --- tags ------------------------------------------------------------------------------------------------------------


def sentences():
    draw = np.random.default_rng(5)
    words = [word for text in checkpoints.corpus()[:30] for word in text.split()]
    found = [list(draw.choice(words, size=int(size))) for size in draw.integers(1, 12, size=20)]
    return [*found, found[3], ["the", "film", "(", ")", ".", "York,"], [], ["", "\u200b"], ["", "lovely", "[SEP]"]]


def plain_tags(folder, names, rows):
    """The reference: one sentence at a time, a word takes the tag of its first token, found with `word_ids`."""
    model, tokenizer = library(folder, "AutoModelForTokenClassification", **_spaced(folder))
    found, margins = [], []
    for words in rows:
        tags = ["O"] * len(words)
        margin = np.inf
        if words:
            given = tokenizer([words], is_split_into_words=True)
            owners = given.word_ids(0)
            if any(owner is not None for owner in owners):
                logits = ask(model, given).logits[0].numpy()
                for word in sorted({owner for owner in owners if owner is not None}):
                    row = logits[owners.index(word)]
                    tags[word] = names[int(row.argmax())]
                    margin = min(margin, float(np.diff(np.sort(row)[-2:])[0]))
        found.append(tuple(tags))
        margins.append(margin)
    return found, margins


def _spaced(folder):
    name = json.loads((folder / "config.json").read_text())["model_type"]
    return {"add_prefix_space": True} if name in ("roberta", "gpt2", "deberta") else {}


@pytest.mark.parametrize("family", [*CORE, "gpt2", "t5"])
def test_tags_equal_one_sentence_at_a_time(saved, family):
    """Empty sentences, words without a token, punctuation that touches a word, special tokens as words, any budget."""
    folder = saved(family, "ForTokenClassification", labels=TAGS)
    rows = sentences()
    expected, margins = plain_tags(folder, TAGS, rows)
    assert len({tag for tags in expected for tag in tags}) > 1, "a model that tags all words alike proves nothing"

    for budget in BUDGETS:
        session = open_session(folder, TAG, token_budget=str(budget))
        found = session.predict(make_examples(words=rows))
        assert not [p.error for p in found if p.error]
        for prediction, tags, margin in zip(found, expected, margins, strict=True):
            assert prediction.output == tags or margin <= TOLERANCE


def test_words_without_a_token_are_outside_and_counted(saved):
    """They stay in the sentence, and the ledger says how many there were."""
    session = open_session(saved("bert", "ForTokenClassification", labels=TAGS), TAG)
    found = session.predict(make_examples(words=[["", "lovely", "\u200b"], ["", " "], [], ["lovely"]]))

    assert [len(p.output) for p in found] == [3, 2, 0, 1]
    assert [p.output[0] for p in found[:2]] == ["O", "O"]
    counts = [p.extra.get("counts", {}).get("words without a prediction", 0) for p in found]
    assert counts == [2, 2, 0, 0]


@pytest.mark.parametrize("family", ["bert", "roberta", "modernbert"])
def test_every_word_of_a_long_sentence_is_predicted(saved, family):
    """600 words at 48 positions: each has the tag of its first token in the window that shows most around it."""
    folder = saved(family, "ForTokenClassification", labels=TAGS)
    words = [word for text in checkpoints.corpus() for word in text.split()][:600]
    session = open_session(folder, TAG, max_length="48", doc_stride="20")
    found = session.predict(make_examples(words=[["the"], words]))[1]

    model, tokenizer = library(folder, "AutoModelForTokenClassification", **_spaced(folder))
    given = tokenizer(
        [words],
        is_split_into_words=True,
        truncation=True,
        max_length=48,
        stride=20,
        return_overflowing_tokens=True,
    )
    allowed = [set() for _ in words]
    whole = tokenizer([words], is_split_into_words=True).word_ids(0)
    for at in range(len(given["input_ids"])):
        columns = {name: [given[name][at]] for name in given if name != "overflow_to_sample_mapping"}
        logits = ask(model, columns).logits[0].numpy()
        start = at * (48 - 2 - 20)
        for position in range(len(given.word_ids(at)) - 2):
            word = whole[1 + start + position]
            if whole.index(word) == 1 + start + position:
                allowed[word].add(TAGS[int(logits[1 + position].argmax())])
    assert len(found.output) == 600
    assert all(allowed)
    assert all(tag in tags for tag, tags in zip(found.output, allowed, strict=True))
    assert found.extra["counts"]["sentences read in several windows"] == 1
    assert not found.truncated


def test_outputs_of_another_scheme_become_tags_of_the_task(saved):
    """A BIOES head with its labels in another order: the best output is taken first, then read as the BIOES it is."""
    names = ("S-PER", "E-A-B", "O", "I-PER", "B-A-B", "B-PER", "I-A-B", "S-A-B", "E-PER")
    folder = saved("bert", "ForTokenClassification", labels=names)
    written, _ = plain_tags(folder, names, sentences())
    expected = [read_tags(tags, "BIOES") for tags in written]

    found = open_session(folder, TAG).predict(make_examples(words=sentences()))

    assert [p.output for p in found] == [one.tags for one in expected]
    assert [p.extra.get("strict") for p in found] == [one.strict for one in expected]


def test_heads_without_letters_or_types_are_read(saved):
    """Outputs named by type alone are runs of words; letters alone are entities of one type."""
    bare = ("PER", "O")
    folder = saved("bert", "ForTokenClassification", labels=bare)
    written, _ = plain_tags(folder, bare, sentences())

    found = open_session(folder, TAG).predict(make_examples(words=sentences()))

    assert [p.output for p in found] == [to_iob2(tags, "IO") for tags in written]


def test_a_sentence_does_not_depend_on_its_shard(saved):
    """Alone, among others, in reverse order: the same tags (batch 1 and batch 64)."""
    session = open_session(saved("bert", "ForTokenClassification", labels=TAGS), TAG)
    examples = make_examples(words=sentences())
    whole = [p.output for p in session.predict(examples)]

    assert [p.output for p in session.predict(examples[::-1])][::-1] == whole
    assert [session.predict([one])[0].output for one in examples] == whole
    assert session.predict([]) == []


def test_a_lone_surrogate_is_an_error_of_its_sentence(saved):
    """What the tokenizer cannot take is errored, never tagged O."""
    session = open_session(saved("bert", "ForTokenClassification", labels=TAGS), TAG)
    found = session.predict(make_examples(words=[["a"], ["\ud800"], ["a"]]))

    assert [bool(p.error) for p in found] == [False, True, False]


# --- spans -----------------------------------------------------------------------------------------------------------


def questions():
    """Questions and contexts: short, long, repeated, with blanks and other scripts, empty."""
    texts = checkpoints.corpus()
    asked = [*(" ".join(text.split()[:2]) for text in texts[:12]), "  the film?", "", "a", "lovely " * 60, "a"]
    contexts = [" ".join(texts[at : at + 3 + at % 9]) for at in range(12)]
    return asked, [*contexts, "  the film\nwas  lovely. " * 9, "Caf\u00e9 \u4f60\u597d the soup", "x", contexts[5], ""]


def plain_spans(folder, asked, contexts, *, max_length, stride, n_best, longest):
    """The reference: the loop of the library's question-answering example, window by window and pair by pair."""
    model, tokenizer = library(folder, "AutoModelForQuestionAnswering")
    found = []
    for question, context in zip(asked, contexts, strict=True):
        given = tokenizer(
            [question.lstrip()],
            [context],
            truncation="only_second",
            max_length=max_length,
            stride=stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        candidates, null = [], np.inf
        for at in range(len(given["input_ids"])):
            columns = {name: [given[name][at]] for name in tokenizer.model_input_names if name in given}
            output = ask(model, columns)
            starts, ends = output.start_logits[0].double().numpy(), output.end_logits[0].double().numpy()
            null = min(null, starts[0] + ends[0])
            sides = given.sequence_ids(at)
            for start in np.argsort(-starts, kind="stable")[:n_best].tolist():
                for end in np.argsort(-ends, kind="stable")[:n_best].tolist():
                    if sides[start] != 1 or sides[end] != 1 or not 0 <= end - start < longest:
                        continue
                    first, last = given["offset_mapping"][at][start][0], given["offset_mapping"][at][end][1]
                    if context[first:last].strip():
                        candidates.append((starts[start] + ends[end], context[first:last].strip()))
        found.append((max(candidates, key=lambda one: one[0], default=(-np.inf, "")), null))
    return found


@pytest.mark.parametrize("family", [*CORE, "gpt2", "t5", "bart"])
def test_answers_equal_the_loop_of_the_example(saved, family):
    """Text, score and null score over all windows, at any budget."""
    folder = saved(family, "ForQuestionAnswering", labels=("start", "end"))
    asked, contexts = questions()
    kept = [at for at, question in enumerate(asked) if len(question) < 200 and contexts[at]]
    asked, contexts = [asked[at] for at in kept], [contexts[at] for at in kept]
    how = {"max_length": 48, "stride": 9, "n_best": 20, "longest": 6}
    expected = plain_spans(folder, asked, contexts, **how)
    assert len({text for (_, text), _ in expected}) > 5
    options = {"max_length": "48", "doc_stride": "9", "max_answer_length": "6", "null_threshold": "1e9"}

    for budget in BUDGETS:
        session = open_session(folder, SPAN2, token_budget=str(budget), **options)
        predictions = session.predict(make_examples(question=asked, context=contexts))
        for found, ((score, text), null), context in zip(predictions, expected, contexts, strict=True):
            if score == -np.inf:
                assert found.extra["counts"] == {"questions whose n-best held no possible answer": 1}
                continue
            assert found.output == text
            assert found.output == context[found.extra["start"] :][: len(found.output)]
            assert found.extra["score"] == pytest.approx(score, abs=1e-4)
            assert found.extra["null_score"] == pytest.approx(null - score, abs=1e-4)


def test_the_threshold_decides_strictly_and_only_where_there_may_be_no_answer(saved, tmp_path):
    """Null score above it: no answer; equal to it: the answer. The option goes before the checkpoint's own, that before 0."""
    folder = saved("bert", "ForQuestionAnswering", labels=("start", "end"))
    asked, contexts = questions()
    examples = make_examples(question=asked[:12], context=contexts[:12])
    free = open_session(folder, SPAN2, null_threshold="1e9").predict(examples)
    scores = [p.extra["null_score"] for p in free]
    middle = sorted(scores)[5]

    split = open_session(folder, SPAN2, null_threshold=repr(middle)).predict(examples)
    assert [p.output for p in split] == ["" if s > middle else p.output for p, s in zip(free, scores, strict=True)]
    assert [p.extra["null_score"] for p in split] == scores
    v1 = open_session(folder, SPAN).predict(examples)
    assert [p.output for p in v1] == [p.output for p in free]
    assert all(p.output for p in v1)
    assert "null_score" not in v1[0].extra

    own = checkpoints.save(tmp_path / "own", "bert", head="ForQuestionAnswering", labels=("start", "end"))
    config = json.loads((own / "config.json").read_text())
    (own / "config.json").write_text(json.dumps({**config, "benchwright_null_threshold": middle}))
    session = open_session(own, SPAN2)
    assert [p.output for p in session.predict(examples)] == [p.output for p in split]
    assert session.settings["null_threshold"] == f"{middle:g} (checkpoint)"
    assert open_session(own, SPAN2, null_threshold="2").settings["null_threshold"] == "2 (given)"
    assert open_session(folder, SPAN2).settings["null_threshold"] == "0 (default)"
    (own / "config.json").write_text(json.dumps({**config, "benchwright_null_threshold": "high"}))
    assert "benchwright_null_threshold" in refused(own, SPAN2)


def test_the_facts_say_where_the_threshold_came_from(saved, tmp_path):
    """A reader of a SQuAD 2.0 number sees it; a SQuAD 1.1 number has none."""
    folder = saved("bert", "ForQuestionAnswering", labels=("start", "end"))
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path / "work")

    def notes(task, **options):
        model = ModelRef(name="m", adapter="transformers", path=str(folder), options=options)
        return adapter.inspect(model, task, context).notes

    assert notes(SPAN2) == ("no answer above a null score of 0 (the default, tuned on nothing)",)
    assert notes(SPAN2, null_threshold="1.5") == ("no answer above a null score of 1.5 (as given)",)
    assert notes(SPAN) == ()


def test_windows_are_told_and_a_cut_question_counts_as_truncated(saved):
    """Each window says which characters it shows; an empty context has no candidate, which is counted."""
    session = open_session(saved("bert", "ForQuestionAnswering", labels=("start", "end")), SPAN, max_length="48")
    asked, contexts = ["a", "lovely " * 60, "a"], ["the film was lovely. " * 20, "the soup", ""]
    found = session.predict(make_examples(question=asked, context=contexts))

    assert found[0].extra["windows"][0][0] == 0
    assert found[0].extra["windows"][-1][1] == len(contexts[0])
    assert len(found[0].extra["windows"]) > 2
    assert [p.truncated for p in found] == [False, True, False]
    assert found[2].output == ""
    assert found[2].extra["counts"] == {"questions without a candidate answer": 1}


def test_more_windows_than_memory_holds_change_nothing(saved):
    """The budget is halved and told; a window that does not fit alone errors its question."""
    session = open_session(saved("bert", "ForQuestionAnswering", labels=("start", "end")), SPAN, max_length="48")
    asked, contexts = questions()
    examples = make_examples(question=asked[:8], context=contexts[:8])
    before = session.predict(examples)
    encoder = session.forward.model.base_model
    forward = encoder.forward

    def small(input_ids, **inputs):
        if input_ids.numel() > 60:
            raise RuntimeError("DefaultCPUAllocator: not enough memory")
        return forward(input_ids=input_ids, **inputs)

    encoder.forward = small
    after = session.predict(examples)

    assert [p.output for p in after] == [p.output for p in before]
    assert min(p.extra["token_budget"] for p in after) <= 60


# --- choices ---------------------------------------------------------------------------------------------------------


def choices():
    texts = checkpoints.corpus()
    premises = [*texts[:9], " ".join(texts[:12]), ""]
    return premises, ["what was it?"] * 11, [texts[20 + at : 22 + at + at % 4] for at in range(11)]


@pytest.mark.parametrize("family", [family for family in CORE if family != "deberta"])
def test_choices_equal_the_library_with_all_options_at_once(saved, family):
    """Rows of one option each give what the head gives for the options together; numbers of options differ."""
    import torch

    folder = saved(family, "ForMultipleChoice")
    premises, asked, options = choices()
    examples = make_examples(premise=premises, question=asked, options=options)
    model, tokenizer = library(folder, "AutoModelForMultipleChoice")
    expected = []
    for premise, question, several in zip(premises, asked, options, strict=True):
        first = f"{premise} {question}" if premise else question
        rows = [tokenizer([first], [one], truncation=True, max_length=48, padding=False) for one in several]
        expected.append([float(ask(model, {k: [v] for k, v in row.items()}).logits[0, 0]) for row in rows])
    assert len({int(np.argmax(row)) for row in expected}) > 1

    for budget in BUDGETS:
        session = open_session(folder, CHOOSE, token_budget=str(budget), max_length="48")
        for prediction, logits in zip(session.predict(examples), expected, strict=True):
            probabilities = torch.softmax(torch.tensor(logits, dtype=torch.float64), 0).numpy()
            np.testing.assert_allclose(prediction.scores, probabilities, rtol=0, atol=TOLERANCE)
            assert prediction.output == int(np.argmax(prediction.scores))
    sizes = [
        max(len(tokenizer(f"{p} {q}", one)["input_ids"]) for one in o)
        for p, q, o in zip(premises, asked, options, strict=True)
    ]
    assert [p.truncated for p in session.predict(examples)] == [size > 48 for size in sizes]
    assert 0 < sum(size > 48 for size in sizes) < len(sizes)


def test_all_options_in_one_row_are_what_the_model_was_trained_on(saved):
    """The library's own form, (1, options, tokens) with padding, gives the same."""
    folder = saved("bert", "ForMultipleChoice")
    model, tokenizer = library(folder, "AutoModelForMultipleChoice")
    given = tokenizer(["the film"] * 3, ["a", "was lovely", "the soup and the film"], padding=True)
    together = ask(model, {name: [rows] for name, rows in given.items()}).logits[0].double().softmax(0).numpy()

    example = make_examples(premise=["the film"], question=[""], options=[["a", "was lovely", "the soup and the film"]])
    found = open_session(folder, CHOOSE).predict(example)[0]

    np.testing.assert_allclose(found.scores, together, rtol=0, atol=TOLERANCE)


def test_of_equal_options_the_first_is_chosen_and_a_text_is_given_where_it_is_asked_for(saved):
    """ReCoRD: the option fills the placeholder and its text is the answer."""
    folder = saved("bert", "ForMultipleChoice")
    example = make_examples(passage=["the film"], query=["@placeholder was lovely"], options=[["the", "the", "soup"]])
    found = open_session(folder, RECORD).predict(example)[0]

    assert found.scores[0] == found.scores[1]
    assert found.output == ["the", "the", "soup"][int(np.argmax(found.scores))]
    plain = make_examples(premise=["the film"], question=[""], options=[["a", "a"]])
    assert open_session(folder, CHOOSE).predict(plain)[0].output == 0
    broken = make_examples(passage=["a"], query=["she was lovely"], options=[["the"]])
    assert "holds no @placeholder" in open_session(folder, RECORD).predict(broken)[0].error


def test_a_scorer_of_pairs_may_choose(saved):
    """A sequence-classification head with one output scores each option; the facts say so."""
    folder = saved("roberta", "ForSequenceClassification", labels=("score",))
    premises, asked, options = choices()
    firsts = [f"{p} {q}" if p else q for p, q, o in zip(premises, asked, options, strict=True) for _ in o]
    logits = checkpoints.plain_logits(folder, firsts, [o for several in options for o in several], max_length=48)[:, 0]

    session = open_session(folder, CHOOSE, max_length="48")
    found = session.predict(make_examples(premise=premises, question=asked, options=options))

    at = 0
    for prediction, several in zip(found, options, strict=True):
        expected = checkpoints.softmax(logits[None, at : at + len(several)])[0]
        np.testing.assert_allclose(prediction.scores, expected, rtol=0, atol=TOLERANCE)
        at += len(several)


# --- settings and refusals -------------------------------------------------------------------------------------------


def test_settings_are_told(saved):
    """What decides the numbers beside the key can be read from each session."""
    tag = open_session(saved("roberta", "ForTokenClassification", labels=TAGS), TAG)
    span = open_session(saved("bert", "ForQuestionAnswering", labels=("start", "end")), SPAN2)
    choose = open_session(saved("bert", "ForMultipleChoice"), CHOOSE)

    shared = {
        "attention",
        "batches",
        "dtype",
        "linear layers",
        "max_length",
        "threads",
        "token_budget",
        "tokenizer",
        "truncation",
    }
    assert set(tag.settings) == shared | {"doc_stride", "prefix_space"}
    assert tag.settings["prefix_space"] == "true"
    assert set(span.settings) == shared | {"doc_stride", "n_best", "max_answer_length", "null_threshold"}
    assert set(choose.settings) == shared
    for session in (tag, span, choose):
        session.close()
        session.close()


@pytest.mark.parametrize(
    ("head", "labels", "task"),
    [
        ("ForSequenceClassification", ("a", "b"), TAG),
        ("ForQuestionAnswering", ("a", "b"), TAG),
        ("ForTokenClassification", TAGS, SPAN),
        ("ForMultipleChoice", ("a",), SPAN),
        ("ForMaskedLM", ("a", "b"), CHOOSE),
        ("ForSequenceClassification", ("a", "b"), CHOOSE),
        ("Model", ("a", "b"), TAG),
    ],
)
def test_heads_of_another_kind_are_refused_with_the_next_step(saved, head, labels, task):
    """Each names the head it found, the one it needs, and `finetune`."""
    folder = saved("bert", head, labels=labels)
    told = refused(folder, task)

    assert f"finetune:{folder}" in told
    assert {"tag": "ForTokenClassification", "span": "ForQuestionAnswering", "choose": "ForMultipleChoice"}[
        str(task.kind)
    ] in told


def test_heads_that_search_with_beams_and_wrong_outputs_are_refused(saved, tmp_path):
    """XLNet's own question-answering head gives no plain start and end scores; a third output has no meaning."""
    folder = checkpoints.save(tmp_path / "c", "bert", head="ForQuestionAnswering", labels=("start", "end"))
    path = folder / "config.json"
    config = json.loads(path.read_text())

    path.write_text(json.dumps({**config, "model_type": "xlnet", "architectures": ["XLNetForQuestionAnswering"]}))
    assert "XLNetForQuestionAnsweringSimple" in refused(folder, SPAN)
    path.write_text(json.dumps({**config, "id2label": {"0": "a", "1": "b", "2": "c"}}))
    assert "3 outputs for each token" in refused(folder, SPAN)


@pytest.mark.parametrize(
    ("options", "task", "word"),
    [
        ({"doc_stride": "8"}, CHOOSE, "says nothing about t"),
        ({"truncation": "only_first"}, TAG, "says nothing about t"),
        ({"null_threshold": "1"}, SPAN, "every question has an answer"),
        ({"null_threshold": "nan"}, SPAN2, "a number"),
        ({"n_best": "0"}, SPAN2, "at least 1"),
        ({"doc_stride": "45", "max_length": "48"}, SPAN, "leaves room for a question"),
        ({"doc_stride": "46", "max_length": "48"}, TAG, "less than the 46 tokens"),
        ({"prefix_space": "yes"}, TAG, "true, false"),
    ],
)
def test_options_that_mean_nothing_or_cannot_be_are_refused(saved, options, task, word):
    """An option is in the key of the cell, so it must change something."""
    heads = {"tag": ("ForTokenClassification", TAGS), "span": ("ForQuestionAnswering", ("start", "end"))}
    head, labels = heads.get(str(task.kind), ("ForMultipleChoice", ("a",)))

    assert word in refused(saved("bert", head, labels=labels), task, **options)


def test_outputs_that_are_no_numbers_are_errors(saved):
    """A model that overflows gives no tag, no answer and no choice."""
    import torch

    cases = [
        (TAG, "ForTokenClassification", TAGS, {"words": [["a", "the"]]}),
        (SPAN, "ForQuestionAnswering", ("start", "end"), {"question": ["a"], "context": ["the film"]}),
        (CHOOSE, "ForMultipleChoice", ("a",), {"premise": ["a"], "question": ["b"], "options": [["a", "b"]]}),
    ]
    for task, head, labels, inputs in cases:
        session = open_session(saved("bert", head, labels=labels), task)
        with torch.no_grad():
            next(iter(session.forward.model.parameters())).fill_(float("nan"))
        assert "not numbers" in session.predict(make_examples(**inputs))[0].error
