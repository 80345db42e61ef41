"""A split is loaded whole, or the program says what is wrong and what to type next."""

import pytest

from benchwright.data.load import available, load
from benchwright.errors import DataError, DataMissing
from benchwright.testing.fixtures import build_task
from benchwright.types import Cluster, Files, Hub, Kind, Source

HUB = Hub(repo="acme/tone", config="tone", split="validation", revision="a" * 40)


def write(folder, name="dev.tsv", text="sentence\tlabel\nfine\t1\nawful\t0\n"):
    """A file of the data folder."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", newline="")


def test_examples(tmp_path, read_split, layout):
    """Examples carry id, row, inputs in the task's order, target, groups and cluster."""
    from benchwright.data.content import content_digest

    write(tmp_path, text="label\tb\ta\tgenre\n1\tx\ty\tnews\n0\tz\ty\t\n")
    task = _pair_task(layout())

    data = read_split(task)

    first, second = data.examples
    assert (first.id, first.index, second.id) == ("tone/0", 0, "tone/1")
    assert list(first.inputs.items()) == [("one", "y"), ("two", "x")]
    assert (first.target, second.target) == ("positive", "negative")
    assert (first.slices, second.slices) == ({"genre": "news"}, {})
    assert (first.cluster, second.cluster) == ("tone/0", "tone/0")
    assert data.digest == content_digest(data.examples, task)
    assert data.origin == "files:dev.tsv"


def _pair_task(found, **changes):
    from benchwright.types import Label

    return build_task(
        **{
            "name": "tone",
            "kind": Kind.CLASSIFY,
            "splits": {"validation": Source(files=(found,))},
            "default_split": "validation",
            "inputs": {"one": ("a",), "two": ("b",)},
            "target": ("label",),
            "labels": (Label(name="negative", id=0), Label(name="positive", id=1)),
            "metrics": ("accuracy",),
            "slices": {"genre": ("Genre",), "year": ("year",)},
            "cluster": Cluster(by="column", columns=("one",)),
            **changes,
        }
    )


def test_column_aliases(tmp_path, read_split, layout):
    """The first accepted column name is taken, then the same without regard to case."""
    write(tmp_path, text="TEXT\tother\tlabel\nfine\tz\t1\n")

    assert read_split(layout()).examples[0].inputs == {"text": "fine"}


def test_missing_column(tmp_path, read_split, layout):
    """A missing column is named with those that are there."""
    write(tmp_path, text="review\tlabel\nfine\t1\n")

    with pytest.raises(DataError) as caught:
        read_split(layout())
    assert "dev.tsv has no column for the input 'text'; its columns are 'review', 'label'" in str(caught.value)
    assert "'sentence' or 'text'" in caught.value.expected


def test_unknown_label(tmp_path, read_split, layout):
    """An unknown label is told with file, line, value, column and the labels there are."""
    write(tmp_path, text="sentence\tlabel\nfine\t1\nso so\tmeh\n")

    with pytest.raises(DataError) as caught:
        read_split(layout())
    assert "dev.tsv, line 3: the label 'meh' is not one of the task (column 'label')" in str(caught.value)
    assert caught.value.expected == "one of: 0 negative, 1 positive"


@pytest.mark.parametrize("cell", ["-1", "", "-"])
def test_no_gold_labels(tmp_path, make_task, read_split, layout, cell):
    """One row without a gold label refuses the split and says which split to choose."""
    write(tmp_path, text=f"sentence\tlabel\nfine\t1\nso so\t{cell}\n")
    splits = {"train": Source(files=(layout("t.tsv"),)), "validation": Source(files=(layout(),)), "dev2": Source()}

    with pytest.raises(DataError, match="line 3") as caught:
        read_split(make_task(splits=splits, default_split="dev2"))
    assert "the validation split of tone has no gold labels" in str(caught.value)
    assert caught.value.hint.partition(",")[0] == "choose the dev2 split: --split dev2"
    assert not isinstance(caught.value, DataMissing)


def test_unlabelled_split(tmp_path, make_task, read_split, layout):
    """A split known to be unlabelled is read for its inputs alone, and refused where targets are needed."""
    write(tmp_path, text="index\tsentence\n0\tfine\n")
    task = make_task(splits={"validation": Source(files=(layout(),), labelled=False)})

    with pytest.raises(DataError, match="no column of gold answers"):
        read_split(task)
    assert [example.target for example in read_split(task, need_targets=False).examples] == [None]


def test_inputs_alone(tmp_path, read_split, layout):
    """Without targets a labelled and an unlabelled file of the same texts have one digest."""
    write(tmp_path)
    write(tmp_path, "bare.tsv", "sentence\nfine\nawful\n")

    bare, full = (read_split(layout(name), need_targets=False) for name in ("bare.tsv", "dev.tsv"))
    assert bare.digest == full.digest != read_split(layout()).digest


def test_not_finite(tmp_path, make_task, read_split, layout):
    """A score that is not finite is refused with its line."""
    write(tmp_path, text="sentence\tlabel\nfine\t1.5\nbad\tnan\n")

    with pytest.raises(DataError, match=r"dev\.tsv, line 3: 'nan' is not finite"):
        read_split(make_task(layout(), kind=Kind.REGRESS, labels=()))


def test_absent_input(tmp_path, read_split, layout):
    """A row without its text is refused with its line."""
    write(tmp_path, "dev.jsonl", '{"sentence": "a", "label": 1}\n{"label": 1}\n')

    with pytest.raises(DataError, match=r"dev\.jsonl, line 2: 'sentence' is empty"):
        read_split(layout("dev.jsonl"))


def test_short_row(tmp_path, make_task, read_split, layout):
    """A row with too few cells is an error, unless the rows without such are exactly the published ones."""
    write(tmp_path, text="sentence\tlabel\nfine\t1\nbroken\nin two\t\t\nawful\t0\n".replace("in two\t\t", "in two"))

    with pytest.raises(DataError, match=r"dev\.tsv, line 3 has 1 cell"):
        read_split(layout())
    data = read_split(make_task(layout(), sizes={"validation": 2}))
    assert [example.index for example in data.examples] == [0, 1]
    assert data.notes == ("2 broken lines left out, as in the published 2 rows: dev.tsv, line 3; dev.tsv, line 4",)


def test_capped_split(tmp_path, make_task, read_split, layout):
    """Another number of rows than the published one is said."""
    write(tmp_path)

    assert read_split(make_task(layout(), sizes={"validation": 3})).notes == ("2 rows here, 3 in the published split",)


def test_cluster_column_must_be_there(tmp_path, make_task, read_split, layout):
    """A missing cluster column is an error: without it intervals would be too narrow."""
    write(tmp_path)

    with pytest.raises(DataError, match="no column for the cluster"):
        read_split(make_task(layout(), cluster=Cluster(by="column", columns=("document",))))


def test_parts_in_order(tmp_path, read_split):
    """Parts are joined and put back into the original order, and messages still name the part."""
    write(tmp_path, "a.tsv", "index\tsentence\tlabel\n2\tthird\t1\n0\tfirst\t0\n")
    write(tmp_path, "b.tsv", "index\tsentence\tlabel\n10\tlast\t1\n1\tsecond\t0\n")
    parts = Files(names=("a.tsv", "b.tsv"), format="tsv", order="index")

    data = read_split(parts)

    assert [example.inputs["text"] for example in data.examples] == ["first", "second", "third", "last"]
    assert [example.index for example in data.examples] == [0, 1, 2, 3]
    assert (data.origin, data.notes) == ("files:a.tsv+b.tsv", ("rows in 2 parts",))

    write(tmp_path, "b.tsv", "index\tsentence\tlabel\n10\tlast\t7\n")
    with pytest.raises(DataError, match=r"b\.tsv, line 2: the label '7'"):
        read_split(parts)
    write(tmp_path, "b.tsv", "index\tsentence\tlabel\n2\tagain\t1\n")
    with pytest.raises(DataError, match=r"b\.tsv, line 2: 'index' is 2, as in a\.tsv, line 2"):
        read_split(parts)


def test_labels_told_by_file(tmp_path, read_split):
    """A layout may say what a whole file's label is."""
    write(tmp_path, "x.pos", "good film\nfine\n")
    write(tmp_path, "x.neg", "bad\n")

    data = read_split(Files(names=("x.pos", "x.neg"), format="lines", values={"label": ("positive", "negative")}))

    assert [example.target for example in data.examples] == ["positive", "positive", "negative"]


def test_nothing_there(tmp_path, make_task, suite_of, layout):
    """A split that is not in the folder is missing, with the names that would do."""
    task = make_task(layout("T/dev.tsv"), layout("t/dev-*.parquet"))

    with pytest.raises(DataMissing) as caught:
        load(task, "validation", suite=suite_of(task), folder=tmp_path, offline=False)
    assert caught.value.problem == "mood/tone, validation split: no file of it is in the data folder"
    assert caught.value.expected == "T/dev.tsv or t/dev-*.parquet (in the folder itself, or in its mood/)"
    assert "--data DIR" in caught.value.hint


def test_another_split_is_there(tmp_path, make_task, suite_of, layout):
    """When the folder holds another labelled split to measure on, the message says so; not when train is asked for."""
    write(tmp_path)
    sources = {"train": "t.tsv", "validation": "dev.tsv", "test": "test.tsv", "blind": "dev.tsv"}
    splits = {name: Source(files=(layout(file),), labelled=name != "blind") for name, file in sources.items()}
    task = make_task(splits=splits, default_split="test")

    given = {}
    for split in ("test", "train"):
        with pytest.raises(DataMissing) as caught:
            load(task, split, suite=suite_of(task), folder=tmp_path, offline=False)
        given[split] = caught.value.problem
    assert given["test"].endswith(
        "no file of it is in the data folder; its validation split is there: --split validation"
    )
    assert given["train"].endswith("no file of it is in the data folder")


def test_half_there(tmp_path, make_task, suite_of):
    """Of a split in two parts, the missing one is named."""
    write(tmp_path, "a.tsv")
    task = make_task(Files(names=("a.tsv", "b.tsv"), format="tsv"))

    with pytest.raises(DataMissing, match=r"b\.tsv is missing beside the other part"):
        load(task, "validation", suite=suite_of(task), folder=tmp_path, offline=False)


def test_folder_and_hub_are_not_mixed(tmp_path, make_task, suite_of, layout):
    """Where a folder is given, the hub is not asked for what it lacks."""
    task = make_task(splits={"validation": Source(hub=HUB, files=(layout(),))})

    with pytest.raises(DataMissing, match="no file of it") as caught:
        load(task, "validation", suite=suite_of(task), folder=tmp_path, offline=False)
    assert "leave --data out for the hub" in caught.value.hint


def test_not_on_the_hub(make_task, suite_of, layout):
    """A split that is in files alone asks for a folder."""
    task = make_task(layout())

    with pytest.raises(DataMissing, match="not on the hub"):
        load(task, "validation", suite=suite_of(task), folder=None, offline=False)


def test_hub_copy_without_labels(make_task, suite_of, layout):
    """A hub split without gold labels is missing before anything is fetched, and the labelled files are named."""
    task = make_task(splits={"validation": Source(hub=HUB, files=(layout(),), labelled=False)})

    with pytest.raises(DataMissing, match="no gold labels") as caught:
        load(task, "validation", suite=suite_of(task), folder=None, offline=False)
    assert "dev.tsv" in caught.value.expected


def test_unknown_split(tmp_path, make_task, suite_of, layout):
    """A split the task does not have is answered with those it has."""
    with pytest.raises(DataError, match="no split 'dev'") as caught:
        load(make_task(layout()), "dev", suite=suite_of(), folder=tmp_path, offline=False)
    assert caught.value.expected == "one of: validation"


def test_package_data(tmp_path, monkeypatch, make_task, suite_of):
    """Package data come before any folder, and their origin is the package."""
    write(tmp_path, "tonepack/__init__.py", "")
    write(tmp_path, "tonepack/data/dev.jsonl", '{"text": "a", "label": "pos"}\n'.replace("pos", "positive"))
    monkeypatch.syspath_prepend(tmp_path)
    task = make_task(splits={"validation": Source(package="tonepack:data/dev.jsonl")})

    data = load(task, "validation", suite=suite_of(task), folder=tmp_path, offline=True)

    assert data.origin == "package:tonepack:data/dev.jsonl"
    assert data.examples[0].target == "positive"
    for spec in ("tonepack:data/none.jsonl", "nopack:data/dev.jsonl"):
        gone = make_task(splits={"validation": Source(package=spec)})
        with pytest.raises(DataMissing, match="not installed"):
            load(gone, "validation", suite=suite_of(gone), folder=None, offline=True)


def test_available(tmp_path, monkeypatch, make_task, suite_of, layout):
    """Availability is told without reading: a file's content does not matter, the offline hub needs its cache."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HF_DATASETS_CACHE", raising=False)
    task = make_task(
        splits={"validation": Source(hub=HUB, files=(layout(),)), "test": Source(files=(layout("t.tsv"),))}
    )
    suite = suite_of(task)
    write(tmp_path, "mood/dev.tsv", "")

    assert available(task, "validation", suite=suite, folder=tmp_path) == "files:dev.tsv"
    assert available(task, "test", suite=suite, folder=tmp_path) is None
    assert available(task, "nope", suite=suite, folder=tmp_path) is None
    assert available(task, "test", suite=suite, folder=None) is None
    assert available(task, "validation", suite=suite, folder=None, offline=True) is None
