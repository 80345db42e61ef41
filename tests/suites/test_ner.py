"""The cards of named entity recognition, and what is read from the real and the official files."""

import json

import msgspec
import pytest

from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.tags import entities
from benchwright.testing import check_suite
from benchwright_suites.ner import suite


def read(folder, name, split="test"):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_contract():
    """The suite keeps the contract of suites, and its tasks are evaluated on their test split."""
    assert "survives JSON" in check_suite(suite)
    assert [task.name for task in suite.tasks] == [
        "conll2003",
        "conllpp",
        "conll2002_es",
        "conll2002_nl",
        "wnut17",
        "bc5cdr",
    ]
    assert {task.default_split for task in suite.tasks} == {"test"}
    assert {task.score_metrics for task in suite.tasks} == {("entity_f1",)}


PUBLISHED = {
    ("wnut17", "train"): (3394, 1975, 3291),
    ("wnut17", "validation"): (1009, 836, 1009),
    ("wnut17", "test"): (1287, 1079, 1287),
    ("conll2002_es", "test"): (1517, 3558, 1277),
    ("conll2002_nl", "test"): (5195, 3941, 119),
    ("bc5cdr", "train"): (4560, 9385, 4560),
    ("bc5cdr", "validation"): (4581, 9593, 4581),
    ("bc5cdr", "test"): (4797, 9809, 4797),
}


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "split"), PUBLISHED)
def test_real_files(shared_data, name, split):
    """Sentences and entities are those published, documents and repeated sentences one unit each; a tag per word, no note."""
    data = read(shared_data, name, split)
    sentences, begun, documents = PUBLISHED[name, split]

    assert len(data.examples) == sentences == suite.task(name).sizes[split]
    assert sum(tag.startswith("B-") for example in data.examples for tag in example.target) == begun
    assert len({example.cluster or example.id for example in data.examples}) == documents
    assert all(len(example.inputs["words"]) == len(example.target) > 0 for example in data.examples)
    assert data.notes == ()


@pytest.mark.realdata
def test_an_entity_without_a_beginning(shared_data):
    """The Spanish file's one I- that continues nothing is an entity for conlleval: 3,559, where 3,558 begin with B-."""
    found = sum(len(entities(example.target)) for example in read(shared_data, "conll2002_es").examples)

    assert found == 3559


@pytest.mark.realdata
def test_a_hash_is_a_word(shared_data):
    """Tweets hold `#` as a word, which no reader may take for a comment."""
    words = [word for example in read(shared_data, "wnut17", "validation").examples for word in example.inputs["words"]]

    assert words.count("#") == sum(
        line.split("\t")[0] == "#"
        for line in (shared_data / "ner/WNUT17/emerging.dev.conll").read_text(encoding="utf-8").split("\n")
    )
    assert "#" in words


def test_conll2003_is_iob1(tmp_path):
    """The released files are IOB1, with documents: what is read is IOB2."""
    write(
        tmp_path,
        "CoNLL2003/eng.testb",
        "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nLeicester NNP I-NP I-LOC\nLondon NNP I-NP B-LOC\n\n"
        "-DOCSTART- -X- O O\n\nAnn NNP I-NP I-PER\n",
    )

    data = read(tmp_path, "conll2003")

    assert [example.target for example in data.examples] == [("B-ORG", "O"), ("B-LOC", "B-LOC"), ("B-PER",)]
    assert [example.cluster for example in data.examples] == ["conll2003/0", "conll2003/0", None]
    assert data.notes == ("3 rows here, 3453 in the published split",)


def test_conll2003_in_iob2_copies(tmp_path):
    """A copy that was converted already reads the same."""
    write(tmp_path, "conll2003/test.txt", "A NNP I-NP B-LOC\nB NNP I-NP I-LOC\nC NNP I-NP B-LOC\n")

    assert read(tmp_path, "conll2003").examples[0].target == ("B-LOC", "I-LOC", "B-LOC")


def test_a_file_called_test_is_not_taken_for_conll(tmp_path):
    """A `test.txt` that lies anywhere else may be anything."""
    write(tmp_path, "test.txt", "A NNP I-NP B-LOC\n")

    with pytest.raises(DataError, match="no file of it is in the data folder"):
        read(tmp_path, "conll2003")


@pytest.mark.parametrize("line", ["Wolff {}", "Wolff NP {}"])
def test_conll2002_with_and_without_parts_of_speech(tmp_path, line):
    """Both releases of CoNLL-2002 are read."""
    write(tmp_path, "esp.testb", line.format("B-PER") + "\n" + line.format("I-PER") + "\n")

    assert read(tmp_path, "conll2002_es").examples[0].target == ("B-PER", "I-PER")


def test_aliases_of_types(tmp_path):
    """Files and models that spell PERSON and LOCATION mean PER and LOC."""
    write(tmp_path, "eng.testb", "A N X I-PERSON\nB N X O\nC N X I-LOCATION\n")

    assert read(tmp_path, "conll2003").examples[0].target == ("B-PER", "O", "B-LOC")


def test_a_copy_of_the_hub(tmp_path):
    """Ids of a hub copy are told by its class names, whatever their order; its documents become clusters."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from benchwright.types import Files, Source

    names = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-MISC", "I-MISC"]
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    table = pa.table(
        {"tokens": [["Ann", "Lee"], ["Rome"], ["x"]], "ner_tags": [[3, 4], [1], [0]], "document_id": [1, 1, 2]}
    ).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": {"ner_tags": feature}}})})
    pq.write_table(table, tmp_path / "a.parquet")
    source = Source(files=(Files(names=("a.parquet",), format="parquet"),))
    task = msgspec.structs.replace(suite.task("conllpp"), splits={"test": source})

    data = load(task, "test", suite=suite, folder=tmp_path, offline=True)

    assert [example.target for example in data.examples] == [("B-PER", "I-PER"), ("B-LOC",), ("O",)]
    assert [example.cluster for example in data.examples] == ["conllpp/0", "conllpp/0", None]
