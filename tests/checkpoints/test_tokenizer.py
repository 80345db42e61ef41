"""Tokens and segment ids are those of the checkpoint's own tokenizer.json, whatever the installed library makes of it."""

import json
import shutil
from pathlib import Path

import pytest
import transformers_checkpoints as checkpoints

pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchwright.checkpoints import transformers_4
from benchwright.checkpoints.tokenizer import PROBES, read_tokenizer
from benchwright.encoders.template import read_template
from benchwright.encoders.words import encode_words
from benchwright.errors import ModelError

pytestmark = pytest.mark.torch

REFERENCE = Path(__file__).parents[1] / "reference" / "transformers_4_57"
SEGMENTS = ("input_ids", "token_type_ids")


def rewrite(path, change):
    """Change a JSON file in place."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def write_tokenizer(folder, make, *, model_type, tokenizer_class=None, segments=2, change=lambda _: None):
    """A folder with a tokenizer of transformers, its tokenizer.json changed afterwards."""
    make().save_pretrained(folder)
    rewrite(folder / "tokenizer.json", change)
    if tokenizer_class:
        rewrite(folder / "tokenizer_config.json", lambda config: config.update(tokenizer_class=tokenizer_class))
    (folder / "config.json").write_text(json.dumps({"model_type": model_type, "type_vocab_size": segments}))
    return folder


def with_template(content):
    """Second texts are numbered 1 and the class token 2, as XLNet and Funnel number them."""
    post = content["post_processor"]
    for piece in post["pair"]:
        for what in piece.values():
            what["type_id"] = 1 if what["id"] == "B" else what["type_id"]
    post["pair"][0]["SpecialToken"]["type_id"] = 2


def plain(folder, firsts, seconds=None):
    """The file itself, through `tokenizers` alone, one row at a time."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rows = [(text,) for text in firsts] if seconds is None else zip(firsts, seconds, strict=True)
    return [tokenizer.encode(*row) for row in rows]


@pytest.mark.parametrize(
    ("make", "model_type", "tokenizer_class"),
    [
        ("albert_tokenizer", "albert", "AlbertTokenizerFast"),
        ("albert_tokenizer", "xlnet", "XLNetTokenizerFast"),
        ("albert_tokenizer", "rembert", "RemBertTokenizerFast"),
        ("word_piece_tokenizer", "funnel", "FunnelTokenizerFast"),
        ("word_piece_tokenizer", "bert", "PreTrainedTokenizerFast"),
        ("word_piece_tokenizer", "bert", "TokenizersBackend"),
        ("word_piece_tokenizer", "bert", "BertTokenizerFast"),
    ],
)
def test_segments_are_those_of_the_file(tmp_path, make, model_type, tokenizer_class):
    """Ids and segments of single texts and pairs equal those of `tokenizers` on the file, class by class."""
    folder = write_tokenizer(
        tmp_path,
        getattr(checkpoints, make),
        model_type=model_type,
        tokenizer_class=tokenizer_class,
        change=with_template,
    )
    tokenizer = read_tokenizer(folder).tokenizer

    for seconds in (None, list(PROBES[::-1])):
        found = tokenizer(list(PROBES), seconds)
        expected = plain(folder, PROBES, seconds)
        assert found["input_ids"] == [row.ids for row in expected]
        assert found["token_type_ids"] == [row.type_ids for row in expected]
    assert read_template(tokenizer, SEGMENTS, texts=2).types == (0, 1)


@pytest.mark.parametrize(
    ("make", "model_type"),
    [("roberta_tokenizer", "roberta"), ("gpt2_tokenizer", "gpt2"), ("modernbert_tokenizer", "modernbert")],
)
def test_families_without_segments_get_none(tmp_path, make, model_type):
    """GPT-2 would add the embedding of word 0 to every token."""
    folder = write_tokenizer(tmp_path, getattr(checkpoints, make), model_type=model_type)

    assert "token_type_ids" not in read_tokenizer(folder).tokenizer(["a"], ["b"])


def test_characters_of_second_texts_are_numbered(tmp_path):
    """CANINE has no vocabulary file and two segments."""
    from transformers import CanineTokenizer

    CanineTokenizer().save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "canine", "type_vocab_size": 16}))

    assert read_tokenizer(tmp_path).tokenizer(["ab"], ["c"])["token_type_ids"] == [[0, 0, 0, 0, 1, 1]]


def test_a_checkpoint_that_names_its_inputs_is_believed(tmp_path):
    """`model_input_names` in tokenizer_config.json goes before the class."""
    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert")
    names = ["input_ids", "attention_mask"]
    rewrite(folder / "tokenizer_config.json", lambda config: config.update(model_input_names=names))

    assert "token_type_ids" not in read_tokenizer(folder).tokenizer(["a"], ["b"])


def nfkc(content):
    """The normalizer that DeBERTa-v3 was trained with; transformers 5 drops it."""
    content["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}


@pytest.mark.parametrize(
    ("make", "model_type"),
    [
        ("deberta_v3_tokenizer", "deberta-v2"),
        ("albert_tokenizer", "albert"),
        ("t5_tokenizer", "t5"),
        ("word_piece_tokenizer", "bert"),
        ("roberta_tokenizer", "roberta"),
    ],
)
def test_normalizers_of_the_file_are_kept(tmp_path, make, model_type):
    """Full-width digits, ligatures and capitals become the tokens that the file says; what the library does is told."""
    folder = write_tokenizer(tmp_path, getattr(checkpoints, make), model_type=model_type, change=nfkc)
    reading = read_tokenizer(folder)

    assert reading.tokenizer(list(PROBES))["input_ids"] == [row.ids for row in plain(folder, PROBES)]
    assert "tokens by its own tokenizer.json: those of transformers 5" in reading.note


def test_an_own_pre_tokenizer_and_post_processor_are_kept(tmp_path):
    """A BERT that splits at blanks alone and frames texts otherwise."""

    def change(content):
        content["pre_tokenizer"] = {"type": "WhitespaceSplit"}
        content["post_processor"]["single"] = content["post_processor"]["single"][:2]

    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert", change=change)
    tokenizer = read_tokenizer(folder).tokenizer

    assert tokenizer(list(PROBES))["input_ids"] == [row.ids for row in plain(folder, PROBES)]
    assert read_template(tokenizer, SEGMENTS).special == 1


def test_padding_and_truncation_saved_in_the_file_change_nothing(tmp_path):
    """Both are settings of a call; a file that was saved in the middle of one does not cut texts."""

    def change(content):
        content["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
        padding = {"strategy": {"Fixed": 9}, "direction": "Left", "pad_to_multiple_of": None}
        content["padding"] = padding | {"pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}

    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert", change=change)
    tokenizer = read_tokenizer(folder, words=True).tokenizer
    expected = [row.ids for row in plain(folder, PROBES)]

    words = encode_words(tokenizer, [["the", "film", "was", "lovely", "again"]], max_length=99)
    assert tokenizer(list(PROBES))["input_ids"] == expected
    assert words.encoded.row(0).tolist() == plain(folder, ["the film was lovely again"])[0].ids


@pytest.mark.parametrize("lower", [True, False])
def test_where_config_and_file_disagree_the_config_decides_and_it_is_said(tmp_path, lower):
    """transformers 4 and 5 both go by `do_lower_case` of tokenizer_config.json."""

    def change(content):
        content["normalizer"]["lowercase"] = not lower

    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert", change=change)
    rewrite(folder / "tokenizer_config.json", lambda config: config.update(do_lower_case=lower))
    reading = read_tokenizer(folder)
    small, capital = reading.tokenizer(["the film", "THE FILM"])["input_ids"]

    assert (small == capital) is lower
    assert f"do_lower_case={json.dumps(lower)} as tokenizer_config.json says" in reading.note


def test_nothing_is_said_where_nothing_differs(tmp_path):
    """A BERT that both read alike carries no note."""
    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert")
    reading = read_tokenizer(folder)

    assert (reading.source, reading.note) == ("tokenizer.json", "")


def test_a_saved_copy_is_the_same_tokenizer(tmp_path):
    """What fine-tuning saves beside its weights gives the same ids and segments when it is opened."""
    folder = write_tokenizer(tmp_path / "a", checkpoints.albert_tokenizer, model_type="albert", change=nfkc)
    first = read_tokenizer(folder).tokenizer
    first.save_pretrained(tmp_path / "b")
    (tmp_path / "b" / "config.json").write_text((folder / "config.json").read_text())
    second = read_tokenizer(tmp_path / "b").tokenizer

    given = list(PROBES), list(PROBES[::-1])
    assert dict(first(*given)) == dict(second(*given))


def test_a_class_that_is_left_to_the_library_is_held_against_its_sentencepiece_model(tmp_path, monkeypatch):
    """Where pieces differ, the note says so; XLNet's without its cleaning stands for such a class."""
    for name in ("spiece.model", "tokenizer_config.json", "config.json"):
        (tmp_path / name).write_bytes((REFERENCE / "xlnet" / name).read_bytes())
    monkeypatch.setattr(transformers_4, "_CLEANING", {})

    assert "differ from those of its own spiece.model on" in read_tokenizer(tmp_path).note


def test_a_file_that_no_tokenizer_can_be_made_of_is_refused(tmp_path):
    """By its name, with the reason."""
    folder = write_tokenizer(tmp_path, checkpoints.word_piece_tokenizer, model_type="bert")
    rewrite(folder / "tokenizer.json", lambda content: content["model"].update(type="Nothing"))

    with pytest.raises(ModelError, match=r"tokenizer\.json of the checkpoint cannot be used"):
        read_tokenizer(folder)


def test_a_class_that_reads_no_tokenizer_json_is_told_beside_one(tmp_path):
    """A slow class of the library keeps its own rules, as in transformers 4; where the file beside it differs, a note says so."""
    folder = shutil.copytree(REFERENCE / "bert", tmp_path / "slow")
    rewrite(folder / "tokenizer_config.json", lambda config: config.update(tokenizer_class="BertJapaneseTokenizer"))
    reading = read_tokenizer(folder)

    assert not reading.tokenizer.is_fast
    assert reading.source == "vocab.txt"
    assert reading.note.startswith("tokens of BertJapaneseTokenizer in transformers")
    assert "its own tokenizer.json differs on" in reading.note
