"""Words, contexts and options become rows of tokens as `transformers` itself would make them, and are found back."""

from itertools import pairwise

import numpy as np
import pytest
import transformers_checkpoints as checkpoints
from hypothesis import given
from hypothesis import strategies as st

from benchwright.checkpoints.tokenizer import open_tokenizer
from benchwright.encoders.choices import choice_texts, encode_choices
from benchwright.encoders.contexts import encode_contexts
from benchwright.encoders.template import cut
from benchwright.encoders.tokenise import TextRows, Tokenizing
from benchwright.encoders.words import encode_words
from benchwright.errors import ModelError
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Kind

pytestmark = [pytest.mark.torch]

FAMILIES = ("bert", "roberta", "deberta", "deberta-v3", "albert", "modernbert", "gpt2", "t5")

SENTENCES = (
    ["the", "film", "(", ")", ".", "New", "York"],
    ["film"],
    [],
    ["", "\u200b", "lovely", " ", "the"],
    ["Caf\u00e9", "\u4f60\u597d", "[SEP]", "</s>", "New York", "the,"],
    ["lovely", "dreadful", "watching"] * 70,
    ["x" * 200],
)


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    """Tokenizers as the adapter opens them, for words or for texts."""
    done = {}

    def make(family, *, words=False):
        if (family, words) not in done:
            folder = tmp_path_factory.mktemp(family)
            checkpoints.FAMILIES[family][1]().save_pretrained(folder)
            done[family, words] = open_tokenizer(folder, words=words)
        return done[family, words]

    return make


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_words_that_fit_give_the_ids_of_the_library(tokenizers, family):
    """Words reach the tokenizer as words, with their special tokens, and are found back by `word_ids`."""
    tokenizer = tokenizers(family, words=True)
    sentences = [list(words) for words in SENTENCES if words]
    inputs = encode_words(tokenizer, sentences, max_length=5000)
    expected = tokenizer(sentences, is_split_into_words=True)

    assert inputs.owner.tolist() == list(range(len(sentences)))
    for at, words in enumerate(sentences):
        assert inputs.encoded.row(at).tolist() == expected["input_ids"][at]
        if "token_type_ids" in expected:
            assert inputs.encoded.row(at, "token_type_ids").tolist() == expected["token_type_ids"][at]
        oracle = expected.word_ids(at)
        assert inputs.firsts[at].tolist() == [
            [oracle.index(word), word] for word in range(len(words)) if word in oracle
        ]
        assert inputs.lost[at] == tuple(word for word in range(len(words)) if word not in oracle)


@pytest.mark.parametrize("family", ["roberta", "gpt2", "deberta"])
def test_byte_level_tokenizers_read_a_blank_before_each_word(tokenizers, family):
    """The ids are those of the same words in running text after a blank, not those of words glued together."""
    tokenizer = tokenizers(family, words=True)
    inputs = encode_words(tokenizer, [["the", "film", "was", "lovely"]], max_length=99)

    running = checkpoints.FAMILIES[family][1]()(" the film was lovely")["input_ids"]
    assert inputs.encoded.row(0).tolist() == running


def test_a_tokenizer_of_no_family_is_read_as_it_was_saved(tmp_path):
    """ModernBERT's tokenizer file says itself whether words follow a blank; an option overrules it."""
    checkpoints.modernbert_tokenizer().save_pretrained(tmp_path)
    sentence = [["the", "film"]]

    as_saved = encode_words(open_tokenizer(tmp_path, words=True), sentence, max_length=99)
    spaced = encode_words(open_tokenizer(tmp_path, words=True, prefix_space=True), sentence, max_length=99)

    plain = checkpoints.modernbert_tokenizer()
    assert as_saved.encoded.row(0).tolist() == plain(sentence, is_split_into_words=True)["input_ids"][0]
    assert spaced.encoded.row(0).tolist() == plain(" the film")["input_ids"]


def test_leading_blanks_in_offsets_do_not_shift_tags(tokenizers):
    """A tokenizer whose pieces begin with the blank before them ("\u2581York") still gives one first token a word."""
    inputs = encode_words(tokenizers("deberta-v3", words=True), [["the", "film", "in", "York"]], max_length=99)

    assert inputs.firsts[0][:, 1].tolist() == [0, 1, 2, 3]
    assert np.all(np.diff(inputs.firsts[0][:, 0]) >= 1)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("stride", [None, 0, 5])
def test_long_sentences_have_every_word_in_some_window(tokenizers, family, stride):
    """600 words at 32 tokens: each is answered once, at its own first token, in rows that fit."""
    tokenizer = tokenizers(family, words=True)
    sentence = (["the", "wonderful", "soup.", "York"] * 150)[:600]
    inputs = encode_words(tokenizer, [["a"], sentence, ["a"]], max_length=32, stride=stride)
    whole = tokenizer([sentence], is_split_into_words=True)
    oracle = whole.word_ids(0)

    assert inputs.encoded.lengths.max() <= 32
    assert not inputs.encoded.truncated.any()
    answered = [tuple(pair) for at in np.flatnonzero(inputs.owner == 1) for pair in inputs.firsts[at].tolist()]
    assert sorted(word for _, word in answered) == list(range(600))
    for at in np.flatnonzero(inputs.owner == 1):
        for position, word in inputs.firsts[at].tolist():
            assert inputs.encoded.row(at)[position] == whole["input_ids"][0][oracle.index(word)]


def test_a_word_is_read_where_most_is_around_it(tokenizers):
    """One token to a word, rows of 10 words that share 4: the middle of what is shared is where the windows change."""
    inputs = encode_words(tokenizers("bert", words=True), [["film"] * 22], max_length=12, stride=4)

    assert [pairs[:, 1].tolist() for pairs in inputs.firsts] == [[*range(8)], [*range(8, 14)], [*range(14, 22)]]


@given(length=st.integers(0, 90), room=st.integers(1, 30), share=st.floats(0, 0.99))
def test_windows_cover_everything(length, room, share):
    """No token is left out, windows fit, and neighbours share the stride."""
    stride = int(room * share)
    windows = cut(length, room, stride)

    assert sorted({at for start, end in windows for at in range(start, end)}) == list(range(length))
    assert all(0 < end - start <= room for start, end in windows)
    assert all(left[1] - right[0] == stride for left, right in pairwise(windows))


def test_windows_without_room_are_refused(tokenizers):
    """A stride as long as the window would never move on."""
    with pytest.raises(ValueError, match="windows of 2 tokens that overlap by 7"):
        encode_words(tokenizers("bert", words=True), [["a"]], max_length=4, stride=7)


def test_a_word_the_tokenizer_cannot_take_is_an_error_of_its_sentence(tokenizers):
    """A lone surrogate costs its own sentence, not its neighbours."""
    inputs = encode_words(tokenizers("bert", words=True), [["a"], ["a", "\ud800"], ["the"]], max_length=9)

    assert inputs.owner.tolist() == [0, 2]
    assert list(inputs.errors) == [1]
    assert "tokenizer fails" in inputs.errors[1]


def test_slow_tokenizers_are_refused():
    """A tokenizer that cannot say where its tokens come from is refused with what to do."""

    class Slow:
        is_fast = False

    with pytest.raises(ModelError, match="slow tokenizer"):
        encode_words(Slow(), [["a"]], max_length=9)


# --- questions and contexts ------------------------------------------------------------------------------------------

QUESTIONS = ("was the film lovely?", "  the soup", "", "who (that) was very broken?", "a")
CONTEXTS = (
    "the  film was   lovely. " * 12,
    "the soup\nwas\tdreadful",
    "lovely Caf\u00e9, \u4f60\u597d! " * 9,
    "",
    "the  film was   lovely. " * 12,
)


@pytest.mark.parametrize("family", FAMILIES)
def test_windows_over_contexts_are_those_of_the_library(tokenizers, family):
    """Ids, types, owners and offsets of `return_overflowing_tokens` with a stride, blanks at token edges aside."""
    tokenizer = tokenizers(family)
    inputs = encode_contexts(tokenizer, QUESTIONS, CONTEXTS, max_length=48, stride=7)
    expected = tokenizer(
        [question.lstrip() for question in QUESTIONS],
        list(CONTEXTS),
        truncation="only_second",
        max_length=48,
        stride=7,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )

    assert inputs.owner.tolist() == expected["overflow_to_sample_mapping"]
    for at, owner in enumerate(inputs.owner.tolist()):
        assert inputs.encoded.row(at).tolist() == expected["input_ids"][at]
        if "token_type_ids" in expected and family != "deberta":  # there the library numbers later windows otherwise
            assert inputs.encoded.row(at, "token_type_ids").tolist() == expected["token_type_ids"][at]
        sides = expected.sequence_ids(at)
        mine = [position for position, side in enumerate(sides) if side == 1]
        first, last = inputs.context[at].tolist()
        assert list(range(first, last + 1)) == mine
        found = inputs.offsets[at].tolist()
        given_ = [expected["offset_mapping"][at][position] for position in mine]
        text = CONTEXTS[owner]
        assert [text[a:b] for a, b in found] == [text[a:b].strip() for a, b in given_]
        if tokenizer.cls_token_id is not None:
            assert inputs.encoded.row(at)[inputs.cls[at]] == tokenizer.cls_token_id
        else:
            assert inputs.cls[at] == 0


def test_windows_say_which_characters_they_show(tokenizers):
    """The first begins with the context, the last ends with it, and no character between two windows is lost."""
    inputs = encode_contexts(tokenizers("bert"), QUESTIONS[:1], [" " + CONTEXTS[0] + "  "], max_length=30, stride=5)

    shown = inputs.windows.tolist()
    assert shown[0][0] == 0
    assert shown[-1][1] == len(CONTEXTS[0]) + 3
    assert all(right[0] < left[1] for left, right in pairwise(shown))


@pytest.mark.parametrize("family", ["bert", "roberta", "gpt2", "t5"])
def test_a_long_question_is_cut_to_half_of_the_row_and_counted(tokenizers, family):
    """The library panics on it; here the context keeps its half, and the row counts as truncated."""
    tokenizer = tokenizers(family)
    inputs = encode_contexts(tokenizer, ["lovely film " * 40, "a"], [CONTEXTS[0]] * 2, max_length=48, stride=7)

    assert inputs.encoded.truncated.tolist() == [at == 0 for at in inputs.owner]
    assert inputs.encoded.lengths.max() <= 48
    room = 48 - tokenizer.num_special_tokens_to_add(pair=True)
    assert (np.diff(inputs.context, axis=1) + 1)[inputs.owner == 0].max() == room - room // 2


def test_an_empty_context_has_a_window_without_tokens(tokenizers):
    """The question is asked all the same; there is no position to answer at."""
    inputs = encode_contexts(tokenizers("bert"), ["a"], [""], max_length=48, stride=7)

    assert inputs.owner.tolist() == [0]
    assert inputs.context[0, 1] < inputs.context[0, 0]
    assert inputs.offsets[0].shape == (0, 2)


def test_the_class_token_is_found_where_the_family_puts_it(tokenizers):
    """XLNet's stands at the very end of the row, and the padding that batches add comes after it."""
    from tokenizers import processors

    tokenizer = checkpoints.word_piece_tokenizer()
    ids = [(token, tokenizer.convert_tokens_to_ids(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A [SEP] [CLS]:2", pair="$A [SEP] $B:1 [SEP]:1 [CLS]:2", special_tokens=ids
    )
    inputs = encode_contexts(tokenizer, QUESTIONS, CONTEXTS, max_length=48, stride=7)

    assert inputs.cls.tolist() == [size - 1 for size in inputs.encoded.lengths.tolist()]
    assert all(inputs.encoded.row(at)[-1] == tokenizer.cls_token_id for at in range(len(inputs.owner)))
    assert set(inputs.encoded.row(0, "token_type_ids").tolist()) == {0, 1, 2}


def test_nothing_at_all_is_an_error_where_no_token_stands_for_it(tokenizers):
    """GPT-2 adds no special tokens: no question and no context is no input."""
    inputs = encode_contexts(tokenizers("gpt2"), ["", "a"], ["", ""], max_length=48, stride=7)

    assert list(inputs.errors) == [0]
    assert inputs.owner.tolist() == [1]


# --- options ---------------------------------------------------------------------------------------------------------


def choose_task(*inputs, **card):
    return build_task(kind=Kind.CHOOSE, name="c", inputs={name: (name,) for name in inputs}, **card)


def example(**inputs):
    return Example(id="c/0", index=0, inputs=inputs)


def test_options_are_second_texts_beside_the_joined_context():
    """Texts before the options are joined by a blank in reading order; an empty one leaves none."""
    task = choose_task("premise", "question", "options")

    found = choice_texts(task, example(premise="It rained.", question="What happened?", options=["wet", "dry", "hot"]))
    assert found == (["It rained. What happened?"] * 3, ["wet", "dry", "hot"])
    found = choice_texts(task, example(premise="", question="Why?", options=["a"]))
    assert found == (["Why?"], ["a"])


def test_an_option_takes_the_place_of_the_placeholder():
    """Of a query like ReCoRD's the filled query is the second text."""
    task = choose_task("passage", "query", "options", placeholder="@placeholder", by_text=True)

    found = choice_texts(task, example(passage="Long.", query="@placeholder met him", options=["Ann", "Bo"]))
    assert found == (["Long.", "Long."], ["Ann met him", "Bo met him"])
    with pytest.raises(ValueError, match="holds no @placeholder"):
        choice_texts(task, example(passage="Long.", query="she met him", options=["Ann"]))


def test_each_option_is_a_row_of_its_own(tokenizers):
    """Lists may differ in length; an example without options is an error of its own."""
    tokenizer = tokenizers("bert")
    task = choose_task("question", "options")
    examples = [
        example(question="the film", options=["lovely", "boring"]),
        example(question="the film", options=[]),
        example(question="the soup " * 40, options=["a", "the", "lovely"]),
    ]
    inputs = encode_choices(TextRows(Tokenizing(tokenizer=tokenizer, max_length=20), texts=2), task, examples)

    assert inputs.owner.tolist() == [0, 0, 2, 2, 2]
    assert inputs.encoded.row(1).tolist() == tokenizer("the film", "boring")["input_ids"]
    assert inputs.encoded.truncated.tolist() == [False, False, True, True, True]
    assert inputs.errors == {1: "an example without options"}
