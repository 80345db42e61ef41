"""Targets stay with what they belong to: tags with words, answers with tokens, right options with questions."""

from dataclasses import replace

import finetune_bench as bench
import msgspec
import numpy as np
import pytest
import transformers_checkpoints as checkpoints
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.answer_text import answer_scores
from benchwright.errors import ModelError
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters._finetune.config import read_training_config

pytestmark = [pytest.mark.torch]


def recipe_of(task, **options):
    given = {"max_length": "32", **{name: str(value) for name, value in options.items()}}
    model = ModelRef(name="m", adapter="finetune", path="base", options=given)
    return read_training_config(model, Context(suite="s", train=None, items=None), task)


def prepared(folder, task, rows, *, family="bert", **options):
    """The model that would be trained, and the features of some rows."""
    from benchwright.checkpoints.config import read_config
    from benchwright.checkpoints.files import read_files
    from benchwright_adapters._finetune.features import prepare
    from benchwright_adapters._finetune.heads import TargetScaler
    from benchwright_adapters._finetune.identity import BaseModel
    from benchwright_adapters._finetune.model import build

    if not (folder / family).exists():
        checkpoints.save(folder / family, family)
    place = folder / family
    base = BaseModel(
        digest="0", shown="base", contents=read_files(place, "base", read_config(place, "base")), shape=None
    )
    built = build(base, recipe_of(task, **options), task, rows, device="cpu")
    return built, prepare(built, rows, TargetScaler())


def tags_by_word(task, features):
    """(example, word) -> tag, as the targets at tokens say it."""
    found = {}
    for line, firsts in enumerate(features.lines.firsts):
        for position, word in firsts.tolist():
            key = (features.examples[features.lines.owner[line]].id, word)
            assert key not in found
            found[key] = task.label_names[features.targets[features.encoded.offsets[line] + position]]
    return found


@pytest.mark.parametrize("family", ["bert", "roberta", "deberta-v3"])
@pytest.mark.parametrize("length", [12, 32])
def test_each_word_is_learned_once_with_its_own_tag(tmp_path, family, length):
    """However many windows and sub-tokens there are, every word has one target, its own, and nothing else has any."""
    task = bench.make_kind_task("tag")
    rows = bench.make_kind_rows("tag", 30)
    _, features = prepared(tmp_path, task, rows, family=family, max_length=length)
    found = tags_by_word(task, features)

    assert found == {(row.id, at): tag for row in rows for at, tag in enumerate(row.target)}
    assert int((features.targets >= 0).sum()) == len(found) == features.weights.sum()
    assert len(features) > len(rows) or length > 12


def test_order_of_examples_changes_no_target(tmp_path):
    """The same examples in another order, with one that has no word, give the same tag to each word."""
    task = bench.make_kind_task("tag")
    rows = list(bench.make_kind_rows("tag", 30))
    _, features = prepared(tmp_path, task, rows, max_length=12)
    empty = Example(id="tag/none", index=99, inputs={"words": []}, target=())
    order = np.random.default_rng(1).permutation(30)
    _, other = prepared(tmp_path, task, [empty, *(rows[at] for at in order)], max_length=12)

    assert tags_by_word(task, features) == tags_by_word(task, other)


def test_the_target_is_at_the_first_sub_token(tmp_path):
    """The token under a target begins the word it belongs to."""
    task = bench.make_kind_task("tag")
    rows = bench.make_kind_rows("tag", 10)
    built, features = prepared(tmp_path, task, rows)
    for line, firsts in enumerate(features.lines.firsts):
        for position, word in firsts.tolist():
            text = features.examples[features.lines.owner[line]].inputs["words"][word]
            token = features.encoded.row(line)[position]
            assert token == built.tokenizer(text, add_special_tokens=False)["input_ids"][0]


def test_the_loss_is_that_of_transformers(tmp_path):
    """Mean over first sub-tokens, windows and batches together, as `transformers` computes it from padded labels."""
    import torch

    from benchwright_adapters._finetune.features import lines_of, model_inputs, token_places
    from benchwright_adapters._finetune.heads import raw_outputs
    from benchwright_adapters._finetune.losses import row_losses

    for kind in ("tag", "span2", "choose"):
        task = bench.make_kind_task(kind)
        rows = [row for row in bench.make_kind_rows(kind, 12) if kind != "choose" or len(row.inputs["options"]) == 3]
        built, features = prepared(tmp_path, task, rows)
        built.model.eval()
        numbers = np.arange(len(features))
        inputs = model_inputs(built, features, lines_of(features, numbers))
        if kind == "tag":
            where, mask = token_places(features.encoded, numbers)
            wanted = {"labels": features.targets[where].masked_fill(~torch.from_numpy(mask), -100)}
        elif kind == "choose":
            inputs = {name: value.view(len(numbers), 3, -1) for name, value in inputs.items()}
            wanted = {"labels": torch.tensor([row.target for row in rows])}
        else:
            wanted = {"start_positions": features.targets[:, 0], "end_positions": features.targets[:, 1]}
        with torch.no_grad():
            expected = built.model(**inputs, **wanted)
            raw = raw_outputs(expected) if kind != "choose" else expected.logits.reshape(-1, 1)
            if kind == "span2":
                raw = raw.masked_fill(inputs["attention_mask"][..., None] == 0, -1e30)
                parts = [torch.nn.functional.cross_entropy(raw[..., at], features.targets[:, at]) for at in (0, 1)]
                expected.loss = sum(parts) / 2
            found = row_losses(task, raw, features, numbers).sum() / features.weights.sum()
        assert float(found) == pytest.approx(float(expected.loss), abs=1e-5)


def _long_rows():
    """Questions whose contexts need several windows; answers at the start, in the middle and at the end."""
    rows = []
    for at, row in enumerate(bench.make_kind_rows("span", 24)):
        before, after = "we know little . " * (at % 4), " that is all there is to say ." * (at % 3)
        context = before + row.inputs["context"] + after
        text = row.target["text"][0]
        gold = {"text": [text], "answer_start": [context.index(text)]}
        rows.append(msgspec.structs.replace(row, inputs={**row.inputs, "context": context}, target=gold))
    return rows


@pytest.mark.parametrize("family", ["bert", "roberta", "deberta-v3"])
def test_windows_point_at_the_answer(tmp_path, family):
    """A window that shows the answer points at it, one that does not points at the class token; some window shows it."""
    task = bench.make_kind_task("span")
    rows = _long_rows()
    built, features = prepared(tmp_path, task, rows, family=family, max_length=40, doc_stride=12)
    inputs = features.lines
    seen = set()
    for window, owner in enumerate(inputs.owner.tolist()):
        start, end = features.targets[window].tolist()
        text, at = rows[owner].target["text"][0], rows[owner].target["answer_start"][0]
        low, high = inputs.windows[window]
        if low <= at and at + len(text) <= high:
            offsets = inputs.offsets[window][[start - inputs.context[window, 0], end - inputs.context[window, 0]]]
            shown = rows[owner].inputs["context"][offsets[0, 0] : offsets[1, 1]]
            assert shown == text
            seen.add(owner)
        else:
            assert start == end == inputs.cls[window]
    assert seen == set(range(len(rows)))
    assert len(features) > len(rows)
    assert built.stride == 12


def test_order_of_questions_changes_no_window(tmp_path):
    """The same questions in another order give the same windows with the same targets."""
    task, rows = bench.make_kind_task("span"), _long_rows()
    order = np.random.default_rng(2).permutation(len(rows))

    def seen(some):
        _, features = prepared(tmp_path, task, some, max_length=40, doc_stride=12)
        lines = range(len(features))
        return sorted(
            (some[features.lines.owner[at]].id, features.encoded.row(at).tolist(), features.targets[at].tolist())
            for at in lines
        )

    assert seen(rows) == seen([rows[at] for at in order])


@pytest.mark.parametrize(
    ("gold", "found"),
    [
        ({"text": ["rome"], "answer_start": [5]}, (5, 9)),
        ({"text": [" rome "], "answer_start": [4]}, (5, 9)),
        ({"text": ["anna", "rome", "rome"], "answer_start": [0, 5, 5]}, (5, 9)),
        ({"text": ["anna", "rome"], "answer_start": [0, 5]}, (0, 4)),
        ({"text": ["rome"], "answer_start": [0]}, (5, 9)),
        ({"text": ["rome"], "answer_start": []}, (5, 9)),
        ({"text": ["lima"], "answer_start": [0]}, None),
        ({"text": [], "answer_start": []}, None),
        ({"text": [" "], "answer_start": [4]}, None),
    ],
)
def test_which_answer_is_learned(gold, found):
    """The one given most often, the first of equals, without blanks, looked for where its place is wrong or absent."""
    from benchwright_adapters._finetune.features import find_answer

    row = Example(id="q", index=0, inputs={"question": "?", "context": "anna rome x"}, target=gold)
    assert find_answer(row) == found


# --- options ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(flags=st.lists(st.booleans(), min_size=1, max_size=40), most=st.integers(2, 12), seed=st.integers(0, 99))
def test_drawn_options(flags, most, seed):
    """One right option and wrong ones up to the most, in their order; the same seed draws the same."""
    from benchwright_adapters._finetune.data import draw_options

    task = bench.make_kind_task("record")
    options = [f"option {at}" for at in range(len(flags))]
    right = tuple(option for option, flag in zip(options, flags, strict=True) if flag)
    row = Example(id="r", index=0, inputs={"passage": "p", "query": "@placeholder", "options": options}, target=right)
    recipe = recipe_of(task, most_options=most, seed=seed)
    (drawn,) = draw_options(task, [row], recipe)
    kept = drawn.inputs["options"]

    assert draw_options(task, [row], recipe) == [drawn]
    assert kept == [option for option in options if option in kept]
    if not right:
        assert drawn == row
        return
    assert len(drawn.target) == 1
    assert drawn.target[0] in right
    assert [option for option in kept if option in right] == list(drawn.target)
    assert len(kept) == min(most, 1 + flags.count(False))


def test_drawn_options_of_a_numbered_choice():
    """Where the answer is a number, it is the number of the right option among those that are left."""
    from benchwright_adapters._finetune.data import draw_options

    task = bench.make_kind_task("choose")
    options = [f"option {at}" for at in range(20)]
    rows = [
        Example(id=f"c/{at}", index=at, inputs={"premise": "p", "question": "q", "options": options}, target=at)
        for at in range(20)
    ]
    drawn = draw_options(task, rows, recipe_of(task, most_options=4))

    assert [row.inputs["options"][row.target] for row in drawn] == options
    assert all(len(row.inputs["options"]) == 4 for row in drawn)
    assert len({tuple(row.inputs["options"]) for row in drawn}) == 20
    assert draw_options(task, rows, recipe_of(task, most_options=20)) == rows


def test_options_stay_with_their_question(tmp_path, monkeypatch):
    """Tokenised together or part by part, lines belong to the same options; a question without a right one is left out."""
    from benchwright_adapters._finetune import features as features_module

    task = bench.make_kind_task("record")
    rows = list(bench.make_kind_rows("record", 30))
    rows[7] = msgspec.structs.replace(rows[7], target=("nobody",))
    built, whole = prepared(tmp_path, task, rows)
    monkeypatch.setattr(features_module, "_PART", 4)
    _, parts = prepared(tmp_path, task, rows)

    assert (whole.options == parts.options).all()
    assert (whole.encoded.columns["input_ids"] == parts.encoded.columns["input_ids"]).all()
    assert whole.unreadable == parts.unreadable == 1
    for at, row in enumerate(whole.examples):
        lines = whole.options[at][whole.options[at] >= 0]
        assert len(lines) == len(row.inputs["options"])
        for line, option, right in zip(lines, row.inputs["options"], whole.targets[at], strict=False):
            assert option in built.tokenizer.decode(whole.encoded.row(int(line)))
            assert bool(right) == (option in row.target)


@pytest.mark.parametrize("kind", ["span", "choose"])
def test_second_texts_are_numbered_in_training_too(tmp_path, kind):
    """ALBERT: what comes after the first separator is segment 1, as its tokenizer.json says."""
    task = bench.make_kind_task(kind)
    built, features = prepared(tmp_path, task, list(bench.make_kind_rows(kind, 12)), family="albert")

    for line in range(len(features.encoded)):
        ids = features.encoded.row(line).tolist()
        first = ids.index(built.tokenizer.sep_token_id) + 1
        segments = features.encoded.row(line, "token_type_ids").tolist()
        assert segments == [0] * first + [1] * (len(ids) - first)
        assert 1 in segments


# --- the null threshold ----------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rome", "oslo", "rome lima"]),
            st.integers(-3, 3),
            st.sampled_from([(), ("rome",), ("lima",)]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_threshold_is_better(items):
    """No threshold whatsoever gives a better mean F1 on the same rows."""
    from benchwright_adapters._finetune.validation import choose_threshold

    def score(threshold):
        said = ["" if null > threshold else text for text, null, _ in items]
        return sum(answer_scores(s, gold, unanswerable=True)[1] for s, (_, _, gold) in zip(said, items, strict=True))

    chosen = choose_threshold(*map(list, zip(*items, strict=True)))
    assert score(chosen) == pytest.approx(max(score(at / 2) for at in range(-9, 10)))


def test_a_threshold_is_always_a_number():
    """Contexts that hold nothing to answer with have the highest null score there is, and the threshold stays finite."""
    from benchwright_adapters._finetune.validation import choose_threshold

    assert np.isfinite(choose_threshold(["", "rome"], [np.inf, 1.0], [("x",), ("rome",)]))
    assert 1.0 <= choose_threshold(["", "rome"], [np.inf, 1.0], [(), ("rome",)]) < np.inf


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("tag", lambda row: ("O",) * len(row.target), "every word of the training examples of tag is tagged O"),
        ("span2", lambda _: {"text": [], "answer_start": []}, "no training question of span2 has an answer"),
        ("record", lambda _: ("nobody",), "no training example of record has a right option and a wrong one"),
        ("choose", lambda _: 77, "no training example of choose has a right option and a wrong one"),
    ],
)
def test_rows_that_teach_nothing(kind, target, said):
    """A train split without anything to tell apart is refused."""
    from benchwright_adapters._finetune.data import split_rows

    task = bench.make_kind_task(kind)
    rows = [msgspec.structs.replace(row, target=target(row)) for row in bench.make_kind_rows(kind, 20)]
    with pytest.raises(ModelError, match=said):
        split_rows(task, bench.make_dataset(task, rows), recipe_of(task))


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("tag", {"doc_stride": 4}, r"doc_stride=4 on tag \(tag\)"),
        ("span", {"most_options": 4}, r"most_options=4 on span \(span\)"),
        ("span", {"doc_stride": 17}, "doc_stride=17"),
        ("choose", {"most_options": 1}, "most_options=1"),
    ],
)
def test_options_of_another_kind(kind, options, said):
    """An option that means nothing for a task, or is out of range, is refused."""
    with pytest.raises(ModelError, match=said):
        recipe_of(bench.make_kind_task(kind), **options)


def test_defaults_by_kind():
    """Long contexts get long inputs; the options of one kind are absent from the recipes of others."""
    model = ModelRef(name="m", adapter="finetune", path="base")
    context = Context(suite="s", train=None, items=None)
    found = {
        kind: read_training_config(model, context, bench.make_kind_task(kind))
        for kind in ("tag", "span", "choose", "record")
    }
    plain = read_training_config(model, context, bench.make_task())

    assert {kind: recipe.max_length for kind, recipe in found.items()} == {
        "tag": 128,
        "span": 384,
        "choose": 128,
        "record": 384,
    }
    assert found["span"].doc_stride == 128
    assert found["choose"].most_options == 8
    assert plain == read_training_config(model, context)
    assert replace(plain, doc_stride=None, most_options=None) == plain
