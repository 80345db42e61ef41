"""A user's own file becomes a task: whatever its format, with slices and clusters, or one message that says what is wrong."""

import csv
import io
import json
import zipfile

import pytest

import benchwright
from benchwright.alarm import sentences
from benchwright.errors import ConfigError
from benchwright.store import Store, bundle

ROWS = [
    ("good film", "good", "en", "ann"),
    ("bad film", "bad", "en", "ann"),
    ("good, really", "good", "de", "bob"),
    ('so "bad"', "bad", "de", "cid"),
    ("good again", "good", "en", "dee"),
    ("bad again", "bad", "de", "dee"),
] * 5
COLUMNS = ("review", "stars", "lang", "author")
SELECTOR = "classification/custom?path={path}&text=review&label=stars"


def as_csv(rows=ROWS, columns=COLUMNS):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue()


def as_objects(rows=ROWS, columns=COLUMNS):
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture
def reviews(tmp_path):
    """Thirty reviews as CSV."""
    path = tmp_path / "reviews.csv"
    path.write_text(as_csv(), encoding="utf-8", newline="")
    return path


@pytest.fixture
def gold(tmp_path):
    """The gold answers as predictions without scores."""
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps({"index": i, "label": row[1]}) + "\n" for i, row in enumerate(ROWS)))
    return path


def evaluate(tmp_path, path, models="constant:good", more="", **settings):
    """The only cell of a run over a custom selector."""
    selector = SELECTOR.format(path=path) + more
    return benchwright.evaluate(models, selector, store=tmp_path / "store", **settings).cells[0]


def test_a_plugins_metric_scores_own_data(tmp_path, reviews, gold):
    """`metrics=` adds any metric that is registered, a plugin's too, and it may be the score; others are refused."""
    cell = evaluate(tmp_path, reviews, f"predictions:{gold}", "&metrics=miss_rate&score=miss_rate&positive=good")

    assert cell.score.value == 0.0
    assert {score.metric.partition("@")[0] for score in cell.scores} >= {"accuracy", "miss_rate"}


def test_a_metric_that_does_not_fit_is_refused(tmp_path, reviews):
    """An unknown metric, one for another kind, and a score that was not added are refused with what to type."""
    unknown = refusal(tmp_path, SELECTOR.format(path=reviews) + "&metrics=mis_rate")
    assert "unknown metric 'mis_rate'" in unknown
    assert "did you mean miss_rate" in unknown
    assert "pearson is for regress" in refusal(tmp_path, SELECTOR.format(path=reviews) + "&metrics=pearson")
    assert "metrics=miss_rate&score=miss_rate" in refusal(tmp_path, SELECTOR.format(path=reviews) + "&score=miss_rate")


def refusal(tmp_path, selector, models="majority"):
    """Text of the one error that a selector causes; nothing is written."""
    with pytest.raises(ConfigError) as caught:
        benchwright.evaluate(models, selector, store=tmp_path / "store")
    assert not (tmp_path / "store" / "cells").exists()
    return str(caught.value)


def values(cell, slice=None):
    return {score.metric.partition("@")[0]: score.value for score in cell.scores if score.slice == slice}


def test_the_command_line_example(program, reviews, gold):
    """Text, label, labels, groups and cluster are named in the selector; gold answers score 1, slices and labels too."""
    selector = f"{SELECTOR.format(path=reviews.name)}&labels=bad,good&slice=lang&cluster=author"
    done = program("run", f"predictions:{gold}", "--suite", selector, "--format", "json", check=0)
    (row,) = json.loads(done.stdout)["results"]

    assert (row["suite"], row["task"], row["split"]) == ("classification", "custom", "test")
    metrics = row["metrics"]
    ranked = {"roc_auc", "average_precision"}
    assert {name for name, score in metrics.items() if score["value"] == 1.0} == set(metrics) - ranked
    assert {"accuracy", "balanced_accuracy", "macro_f1", "micro_f1", "precision", "recall", "f1", "mcc"} < set(metrics)
    assert metrics["accuracy"]["clusters"] == 4
    assert {metrics[name]["alarms"][0]["sentence"] for name in ranked} == {"undefined: the model gives no scores"}
    slices = {score["slice"] for score in row["slices"]}
    assert slices == {"lang=en", "lang=de", "label=bad", "label=good"}


def formats(tmp_path):
    """The same rows in every format."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    objects = as_objects()
    (tmp_path / "a.csv").write_text(as_csv(), newline="")
    (tmp_path / "a.tsv").write_text("\n".join("\t".join(row) for row in [COLUMNS, *ROWS]))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in objects))
    (tmp_path / "a.json").write_text(json.dumps({"data": objects}))
    pq.write_table(pa.Table.from_pylist(objects), tmp_path / "a.parquet")
    pq.write_table(pa.Table.from_pylist(objects[:10]), tmp_path / "part-00000-of-00002.parquet")
    pq.write_table(pa.Table.from_pylist(objects[10:]), tmp_path / "part-00001-of-00002.parquet")
    for name in ("csv", "tsv", "jsonl", "parquet"):
        (tmp_path / f"bare{name}").write_bytes((tmp_path / f"a.{name}").read_bytes())
    bare = [f"bare{name}" for name in ("csv", "tsv", "jsonl", "parquet")]
    return ["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "part-*.parquet", *bare]


def test_every_format_gives_the_same_data(tmp_path):
    """CSV, TSV, JSON lines, JSON, Parquet and its shards, by suffix or by content, are one cell."""
    keys = {name: evaluate(tmp_path, tmp_path / name).key for name in formats(tmp_path)}

    assert len(set(keys.values())) == 1, keys


@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_columns_named_by_hand(tmp_path, suffix):
    """A file without a header row is the same data as one with it; other formats have names of their own."""
    text = as_csv() if suffix == "csv" else "\n".join("\t".join(row) for row in [COLUMNS, *ROWS])
    (tmp_path / f"a.{suffix}").write_text(text, newline="")
    (tmp_path / f"bare.{suffix}").write_text(text.split("\n", 1)[1], newline="")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in as_objects()))
    columns = f"&columns={','.join(COLUMNS)}"

    bare = evaluate(tmp_path, tmp_path / f"bare.{suffix}", more=columns)
    assert bare.key == evaluate(tmp_path, tmp_path / f"a.{suffix}").key
    with pytest.raises(ConfigError, match=r"columns= means nothing for a\.jsonl"):
        evaluate(tmp_path, tmp_path / "a.jsonl", more=columns)


@pytest.mark.parametrize("name", ["group", "groups"])
def test_slices_by_their_name_of_before_are_refused_with_the_name_of_now(reviews, tmp_path, name):
    """`group=` has no meaning of its own; whoever types it is told what it is called."""
    with pytest.raises(ConfigError, match="slice=COLUMN"):
        benchwright.evaluate("constant:good", f"{SELECTOR.format(path=reviews)}&{name}=lang", store=tmp_path / "store")


@pytest.mark.parametrize("option", ["labels=good,bad", "positive=bad", "slice=lang", "cluster=author", "text=lang"])
def test_what_decides_records_or_scores_is_in_the_key(tmp_path, reviews, option):
    """Another order of labels, positive label, group, cluster or text never takes results from the store."""
    first = evaluate(tmp_path, reviews, more="&labels=bad,good")
    selector = SELECTOR.format(path=reviews)
    if option.startswith("text"):
        selector = selector.replace("text=review", option)
    more = option if "text" not in option else "labels=bad,good"
    again = benchwright.evaluate("constant:good", f"{selector}&{more}", store=tmp_path / "store").cells[0]

    assert again.key != first.key
    assert not again.reused


def test_a_file_of_another_name_and_place_is_the_same_data(tmp_path, reviews):
    """The machine's folders and the file's name are not in the key."""
    first = evaluate(tmp_path, reviews)
    (tmp_path / "elsewhere").mkdir()
    moved = reviews.rename(tmp_path / "elsewhere" / "mine.csv")

    again = evaluate(tmp_path, moved)

    assert (again.key, again.reused) == (first.key, True)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_labels_that_are_numbers_are_names(tmp_path, form):
    """Stars 1 to 5 are five labels in that order, in a file of texts and in one of numbers; 1 is never the second label."""
    rows = [{"text": f"film {at}", "label": at % 5 + 1} for at in range(40)]
    path = tmp_path / f"stars.{form}"
    if form == "csv":
        path.write_text(as_csv([tuple(row.values()) for row in rows], ("text", "label")), newline="")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "gold.jsonl").write_text(
        "".join(json.dumps({"index": at, "label": str(row["label"])}) + "\n" for at, row in enumerate(rows))
    )

    run = benchwright.evaluate(
        f"predictions:{tmp_path / 'gold.jsonl'}", f"classification/custom?path={path}", store=tmp_path / "store"
    )

    assert run.tasks["classification/custom"].label_names == ("1", "2", "3", "4", "5")
    assert run.cells[0].score.value == 1.0
    records = Store(tmp_path / "store").read_records(run.cells[0].key)
    assert [record.target for record in records] == [str(row["label"]) for row in rows]


def test_numbers_stand_for_named_labels_by_position(tmp_path):
    """With labels=bad,good a 0 is bad; the card says how numbers are read; a 2 is refused with its row."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,0\ny,1\n")
    selector = f"classification/custom?path={path}&labels=bad,good"

    run = benchwright.evaluate("constant:0", selector, store=tmp_path / "store")

    records = Store(tmp_path / "store").read_records(run.cells[0].key)
    assert [(record.target, record.output) for record in records] == [("bad", "bad"), ("good", "bad")]
    assert "read as 0 bad, 1 good" in str(run.tasks["classification/custom"].notes)
    path.write_text("text,label\nx,0\ny,2\n")
    assert "a.csv, line 3: the label '2'" in refusal(tmp_path / "other", selector)


def test_class_names_of_a_parquet_file(tmp_path):
    """Class names in the file's metadata are the labels, in their order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    features = {"label": {"names": ["good", "bad"], "_type": "ClassLabel"}}
    table = pa.table({"text": ["a", "b", "c"], "label": [0, 1, 1]})
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "a.parquet")

    run = benchwright.evaluate(
        "constant:bad", f"classification/custom?path={tmp_path / 'a.parquet'}", store=tmp_path / "s"
    )

    assert run.tasks["classification/custom"].label_names == ("good", "bad")
    assert [r.target for r in Store(tmp_path / "s").read_records(run.cells[0].key)] == ["good", "bad", "bad"]


def classed(path, names, **columns):
    """A Parquet file whose last column holds numbers of named classes, or lists of them, as data sets of the hub have it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = {"names": names, "_type": "ClassLabel"}
    last = list(columns)[-1]
    features = {
        last: {"feature": label, "_type": "Sequence"} if isinstance(columns[last][0], list) else label,
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return path


def test_numbers_of_a_predictions_file_mean_the_classes_that_it_names(tmp_path):
    """Gold and predictions number the same classes in another order: names decide, and every answer is right."""
    gold = classed(tmp_path / "gold.parquet", ["neg", "pos"], text=list("abcd"), label=[1, 0, 0, 1])
    said = classed(tmp_path / "said.parquet", ["pos", "neg"], index=[0, 1, 2, 3], label=[0, 1, 1, 0])

    run = benchwright.evaluate(f"predictions:{said}", f"classification/custom?path={gold}", store=tmp_path / "s")

    assert run.cells[0].score.value == 1.0


@pytest.mark.parametrize(
    "numbers", [[1, 0, 0, 1], [1.0, 0.0, 0.0, 1.0], ["1", "0", "0", "1"], ["1.0", "0", "0", "pos"]]
)
def test_numbers_of_classes_mean_their_names_however_they_are_stored(tmp_path, numbers):
    """The user names the labels in another order than the file: its own numbers still go by its own names."""
    gold = classed(tmp_path / "gold.parquet", ["neg", "pos"], text=list("abcd"), label=numbers)
    selector = f"classification/custom?path={gold}&labels=pos,neg"

    run = benchwright.evaluate("constant:pos", selector, store=tmp_path / "s")

    targets = [record.target for record in Store(tmp_path / "s").read_records(run.cells[0].key)]
    assert targets == ["pos", "neg", "neg", "pos"]


def test_lists_of_classes_that_a_file_names_are_never_zeros_and_ones(tmp_path):
    """With two classes, [0, 1] of a list of classes is both of them, and not the second alone."""
    gold = classed(tmp_path / "gold.parquet", ["neg", "pos"], text=list("abcd"), label=[[0, 1], [1, 0]] * 2)
    said = tmp_path / "said.jsonl"
    said.write_text("".join(json.dumps({"index": at, "labels": ["neg", "pos"]}) + "\n" for at in range(4)))
    selector = f"classification/custom?path={gold}&multilabel=true"

    run = benchwright.evaluate(f"predictions:{said}", selector, store=tmp_path / "s")

    assert values(run.cells[0])["accuracy"] == 1.0


def test_baselines_learn_from_a_train_file(tmp_path, reviews):
    """The train file may lie elsewhere and need no cluster column; shared texts are flagged."""
    (tmp_path / "other").mkdir()
    train = tmp_path / "other" / "train.jsonl"
    rows = [{"review": f"{word} thing {at}", "stars": word} for at in range(20) for word in ("good", "bad")]
    train.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"review": "good film", "stars": "good"}]))

    cell = evaluate(tmp_path, reviews, "tfidf", f"&cluster=author&train={train}")

    assert cell.score.value == 1.0
    assert values(cell)["roc_auc"] == 1.0
    assert "5 of 30 texts are in the train file too" in sentences(cell.alarms)


def test_without_a_train_file_it_says_what_to_add(tmp_path, reviews):
    """Models that learn are refused alike and told how to name the file; so is the majority, and which reference needs none."""
    said = {name: refusal(tmp_path, SELECTOR.format(path=reviews), name) for name in ("tfidf", "majority")}

    for text in said.values():
        assert "has no train split" in text
        assert "&train=FILE" in text
    assert "constant:bad is a reference that needs no train split" in said["majority"]
    assert evaluate(tmp_path, reviews, "constant:bad").score.value == 0.5


def test_pairs_of_texts(tmp_path):
    """A second text makes a task about two."""
    path = tmp_path / "pairs.csv"
    path.write_text("a,b,label\nx,y,same\nx,z,other\n" * 3)

    run = benchwright.evaluate(
        "constant:same", f"classification/custom?path={path}&text=a&text_pair=b&name=pairs", store=tmp_path / "store"
    )

    assert list(run.tasks["classification/pairs"].inputs) == ["text", "text_pair"]
    assert run.cells[0].task == "pairs"


def test_label_sets(tmp_path):
    """Multi-label: micro-F1 leads, every metric equals scikit-learn's over the stored records, each label has its F1."""
    import numpy as np
    from sklearn import metrics as sk

    names = ["bug", "docs", "ui"]
    words = {"bug": "crash", "docs": "readme", "ui": "button"}
    sets = [[name for bit, name in enumerate(names) if at >> bit & 1] for at in range(8)]
    rows = [{"text": " ".join(words[n] for n in sets[at % 8]) + f" {at}", "label": sets[at % 8]} for at in range(64)]
    for name, part in (("test", rows[:40]), ("train", rows[40:])):
        lines = "".join(json.dumps(row) + "\n" for row in part)
        (tmp_path / f"{name}.jsonl").write_text(lines)
    selector = f"classification/custom?path={tmp_path}/test.jsonl&train={tmp_path}/train.jsonl&multilabel=true"

    run = benchwright.evaluate("tfidf?c=1", selector, store=tmp_path / "store")
    cell = run.cells[0]

    task = run.tasks["classification/custom"]
    assert (task.score_metrics, task.label_names) == (("micro_f1",), tuple(names))
    records = Store(tmp_path / "store").read_records(cell.key)
    gold, said = (
        np.array([[name in getattr(record, side) for name in names] for record in records])
        for side in ("target", "output")
    )
    scores = np.array([record.scores for record in records])
    found = values(cell)
    assert found["accuracy"] == sk.accuracy_score(gold, said)
    for average in ("micro", "macro"):
        for metric in ("precision", "recall", "f1"):
            oracle = getattr(sk, f"{metric}_score")(gold, said, average=average, zero_division=0.0)
            assert found[f"{average}_{metric}"] == pytest.approx(oracle)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(gold, scores), abs=1e-6)
    assert found["average_precision"] == pytest.approx(sk.average_precision_score(gold, scores), abs=1e-6)
    for at, name in enumerate(names):
        assert values(cell, f"label={name}")["f1"] == pytest.approx(sk.f1_score(gold[:, at], said[:, at]))


def test_label_sets_in_a_csv(tmp_path):
    """The separator may be said; an empty cell is no silent *none of the labels*."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,bug; ui\ny,docs\nz,ui\n")
    selector = f"classification/custom?path={path}&multilabel=true&separator=;"

    run = benchwright.evaluate(
        "constant:bug; ui", selector.replace("separator=;", "separator=; "), store=tmp_path / "store"
    )

    records = Store(tmp_path / "store").read_records(run.cells[0].key)
    assert {record.output for record in records} == {("bug", "ui")}
    assert [record.target for record in records] == [("bug", "ui"), ("docs",), ("ui",)]
    path.write_text("text,label\nx,bug\ny,\nz,ui\n")
    said = refusal(tmp_path / "other", selector)
    assert "a.csv, line 3" in said
    assert "[]" in said


def test_sets_that_a_program_printed(tmp_path):
    """Sets have no order: `{'a', 'b'}` and `{'b', 'a'}` are the same labels, and no label is called `{'a'`."""
    gold, said = tmp_path / "gold.csv", tmp_path / "said.csv"
    gold.write_text("text,label\nx,\"{'a', 'b'}\"\ny,set()\nz,{'a'}\nw,frozenset({'b'})\n")
    said.write_text("index,label\n0,\"{'b', 'a'}\"\n1,set()\n2,['a']\n3,b\n")

    run = benchwright.evaluate(
        f"predictions:{said}", f"classification/custom?path={gold}&multilabel=true", store=tmp_path / "s"
    )

    assert run.tasks["classification/custom"].label_names == ("a", "b")
    assert values(run.cells[0])["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("cells", "options", "hint"),
    [
        (["a;b", "a", "b"], "&multilabel=true", "separator=;"),
        (["a;b", "b;c", "c;a"], "&multilabel=true", "separator=;"),
        (["a b", "a", "b"], "&multilabel=true", "a|b"),
        (["a;b", "a", "b"], "", "`multilabel=true` and `separator=;`"),
        (["a|b", "a", "b"], "", "`multilabel=true`"),
        (["tensor([1, 0])", "tensor([0, 1])", "tensor([1, 1])"], "&multilabel=true", "from lists"),
        (["['a' 'b']", "['a']", "['b']"], "&multilabel=true", "from lists"),
    ],
)
def test_several_labels_are_never_one_label_more(tmp_path, cells, options, hint):
    """A cell of several labels that is not read as several is refused, with what to type."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f'x{at},"{cell}"\n' for at, cell in enumerate(cells)))

    said = refusal(tmp_path, f"classification/custom?path={path}{options}")

    assert "a.csv, line 2" in said
    assert hint in said


def test_several_labels_in_a_cell_are_no_name_to_add(tmp_path):
    """The next step for `b;a` of a task with a and b is to part it, in gold and predictions, never to name it as a third label."""
    path, said = tmp_path / "a.csv", tmp_path / "p.csv"
    path.write_text("text,label\nx,a\ny,b;a\n")
    said.write_text("index,label\n0,a/b\n1,b\n")

    selector = f"classification/custom?path={path}&multilabel=true&labels=a,b"
    assert "add separator=;" in refusal(tmp_path, selector)
    assert "add multilabel=true" in refusal(tmp_path, selector.replace("&multilabel=true", ""))
    assert "with | between them" in refusal(tmp_path, f"{selector}&separator=;", f"predictions:{said}")


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["very good", "very bad", "good"], "&multilabel=true"),
        (["yes/no", "yes", "no"], ""),
        (["a;b", "a", "b"], "&labels=a,b,a;b"),
    ],
)
def test_labels_that_share_words_are_labels(tmp_path, cells, options):
    """A blank or a slash may stand within a label, and labels that are named are taken as they are."""
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"x{at},{cell}\n" for at, cell in enumerate(cells)))

    run = benchwright.evaluate(
        f"constant:{cells[0]}", f"classification/custom?path={path}{options}", store=tmp_path / "s"
    )

    assert cells[0] in run.tasks["classification/custom"].label_names


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_key_that_stands_twice_in_a_row(tmp_path, name):
    """The gold label is not the last of two."""
    rows = ['{"text": "x", "label": "a", "label": "b"}', '{"text": "y", "label": "a"}']
    (tmp_path / name).write_text("\n".join(rows) if name.endswith("l") else f"[{', '.join(rows)}]")

    said = refusal(tmp_path, f"classification/custom?path={tmp_path / name}")
    assert "'label' stands twice" in said


def test_a_header_is_no_row(tmp_path):
    """Columns named by hand for a file that names them itself: the header would be an item with a label of its own."""
    path = tmp_path / "a.csv"
    path.write_text("id,Text,label\n1,x,a\n2,y,b\n")

    assert "leave columns= out" in refusal(tmp_path, f"classification/custom?path={path}&columns=id,text,label")


def test_limit_score_and_name(tmp_path, reviews):
    """A limit is flagged, another metric may lead, the task may have a name."""
    cell = evaluate(tmp_path, reviews, more="&score=macro_f1&name=shop", limit=7)

    assert (cell.task, cell.score.metric, cell.score.n) == ("shop", "score", 7)
    assert cell.score.value == values(cell)["macro_f1"]
    assert "first 7 of 30 rows only: not a benchmark score" in sentences(cell.alarms)


def test_run_files_and_several_tasks(program, tmp_path, reviews, write):
    """A run file names own data beside suites; two own tasks have names of their own."""
    (tmp_path / "train.csv").write_bytes(reviews.read_bytes())
    one = f"{SELECTOR.format(path=reviews.name)}&train=train.csv&name=one"
    config = write(
        "run.toml",
        f"""
        suite = ["starter/topic", "{one}", "{one[:-3]}two"]
        [[model]]
        ref = "majority"
        """,
    )
    rows = json.loads(program("run", config, "--format", "json", check=0).stdout)["results"]

    assert [row["task"] for row in rows] == ["topic", "one", "two"]


def test_own_data_are_no_part_of_the_whole_suite(program, tmp_path):
    """Asking for the whole suite leaves own data out; `list tasks` shows how to ask."""
    planned = program("run", "majority", "--suite", "classification", "--data", tmp_path, "--dry-run", check=0)
    listed = program("list", "tasks", "--suite", "classification", check=0)

    assert "custom" not in planned.stdout
    assert "classification/custom" in listed.stdout
    assert "?path=FILE" in listed.stdout


def test_no_machine_path_travels(tmp_path, reviews):
    """Run names, cards, cells, reports and bundles hold the file's name, never its folder."""
    store = Store(tmp_path / "store")
    train = tmp_path / "train.csv"
    train.write_text(as_csv(), newline="")
    selector = f"{SELECTOR.format(path=reviews)}&train={train}"
    run = benchwright.evaluate("majority", selector, store=store.root)
    folder = str(tmp_path)

    bundle.export(store, [run.name], tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    assert not [name for name, data in content.items() if folder.encode() in data]
    assert b"custom?path=reviews.csv&text=review&label=stars&train=train.csv" in content[f"runs/{run.name}.json"]
    assert tmp_path.name not in run.name
    from benchwright_reports.html import report

    page = report.render([run], store.read_records)
    assert folder not in page
    assert "reviews.csv" in page
    bundle.import_(Store(tmp_path / "fresh"), tmp_path / "out.zip")


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("text,label\nx,a\ny,b\n", "txt=text", ["no option 'txt'", "did you mean text"]),
        ("text,label\nx,a\ny,b\n", "text=review", ["no column 'review'", "'text', 'label'", "text=..."]),
        ("review,label\nx,a\ny,b\n", "", ["no column 'text'", "'review', 'label'"]),
        (
            "text,stars\nx,a\ny,b\n",
            "slice=lang&cluster=who",
            ["4 problems", "'label'", "'lang'", "'who'", "'stars'"][1:],
        ),
        ("text;label\nx;a\n", "", ["no column 'text'", "separated otherwise"]),
        ("text,label\nx,a\ny,c\n", "labels=a,b", ["data.csv, line 3", "'c'", "labels=a,b,c"]),
        ("text,label\nx,a\ny,\n", "", ["data.csv, line 3", "''", "no gold label"]),
        ("text,label\nx,-1\ny,1\n", "", ["data.csv, line 2", "labels=-1,1"]),
        ("text,label\nx,a\ny,a\n", "", ["one label: 'a'", "labels=bad,good"]),
        ("text,label\nx,Good\ny,good\nz,b\n", "", ["'Good'", "'good'", "line 2", "line 3"]),
        ("text,label\n" + "".join(f"x,l{i}\n" for i in range(40)), "", ["40 different values", "label=..."]),
        ("", "", ["data.csv is empty"]),
        ("text,label\n", "", ["no rows"]),
        ("text,label\nx\ny,b\n", "", ["data.csv, line 2 has 1 cell"]),
        ("text,label\nx,a\ny,b\n", "labels=a", ["names one label"]),
        ("text,label\nx,a\ny,b\n", "labels=a,A,b", ["'a' and 'A' are one label"]),
        ("text,label\nx,a\ny,b\n", "positive=c&labels=a,b", ["positive=c", "a, b"]),
        ("text,label\nx,a\ny,b\n", "positive=c", ["positive=c", "a, b"]),
        ("text,label\nx,a\ny,b\n", "score=f2", ["score=f2", "accuracy"]),
        ("text,label\nx,a\ny,b\n", "multilabel=perhaps", ["multilabel=perhaps"]),
        ("text,label\nx,a\ny,b\n", "separator=;", ["multilabel=true"]),
        ("text,label\nx,a\ny,b\n", "format=xls", ["format=xls", "parquet"]),
        ("text,label\nx,a\ny,b\n", "encoding=utf-9", ["utf-9"]),
        ("text,label\nx,a\ny,b\n", "name=a/b", ["'a/b'"]),
        ("text,label\nx,a\ny,b\n", "name=imdb", ["classification/imdb is a task of the suite", "name="]),
        ("text,label\nx,a\ny,b\n", "slice=label", ["label"]),
        (
            "text,label,id\n" + "".join(f"x,{'ab'[i % 2]},{i}\n" for i in range(300)),
            "slice=id",
            ["300 different", "cluster=id"],
        ),
        ("text,label,who\nx,a,1\ny,b,\n", "cluster=who", ["data.csv, line 3", "'who' is empty"]),
        ("text,label\nx,a\ny,b\n", "train={path}", ["same file"]),
        ("text,label\nx,a\ny,b\n", "train=nowhere.csv", ["no file nowhere.csv"]),
        ("text,label\ncaf\xe9,a\ny,b\n", "", ["line 2", "utf-8", "encoding="]),
    ],
)
def test_what_is_wrong_is_told_with_the_next_step(tmp_path, text, options, words):
    """Options, files, columns and labels that do not fit are told, with row and what to type; nothing is written."""
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode("latin-1"))
    options = options.format(path=path)
    said = refusal(tmp_path, f"classification/custom?path={path}{'&' if options else ''}{options}")

    for word in words:
        assert word in said, said


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("classification/custom", ["needs a file", "path="]),
        ("classification/custom?text=review", ["needs a file"]),
        ("classification/custom?path=revews.csv", ["no file revews.csv", "did you mean reviews.csv"]),
        ("classification/custom?path=.", ["is a folder"]),
        ("glue/sst2?path=reviews.csv", ["glue/sst2 takes no options"]),
        ("classification?path=reviews.csv", ["classification takes no options", "classification/custom"]),
        ("classification/costum", ["unknown task", "did you mean custom"]),
    ],
)
def test_selectors_that_do_not_fit(tmp_path, reviews, monkeypatch, selector, words):
    """A selector without a file, with a misspelt one, or with options where none belong says what to type."""
    monkeypatch.chdir(tmp_path)
    said = refusal(tmp_path, selector)

    for word in words:
        assert word in said, said


def test_all_problems_are_told_at_once(tmp_path, reviews):
    """Mistakes of the file, of another suite and of a model are one message."""
    selector = SELECTOR.format(path=reviews)
    with pytest.raises(ConfigError) as caught:
        benchwright.evaluate(
            "majority?x=1", [f"{selector}&slice=land&cluster=writer", "glue/sst3"], store=tmp_path / "store"
        )

    assert str(caught.value).startswith("4 problems")
    for word in ("'land'", "slice=lang", "'writer'", "glue/sst3", "'x'"):
        assert word in str(caught.value)


def test_two_tasks_of_one_name(tmp_path, reviews):
    """Two own tasks need two names."""
    one = SELECTOR.format(path=reviews)
    with pytest.raises(ConfigError, match="two tasks are called classification/custom"):
        benchwright.evaluate("constant:good", [one, f"{one}&slice=lang"], store=tmp_path / "store")
    assert len(benchwright.evaluate("constant:good", [one, one], store=tmp_path / "store").cells) == 1


def test_texts_that_are_no_texts(tmp_path):
    """A number where a text belongs is told with its row."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x", "label": "a"}\n{"text": 3, "label": "b"}\n')

    assert "a.jsonl, line 2: 'text' holds 3, which is not a text" in refusal(
        tmp_path, f"classification/custom?path={path}"
    )


def test_areas_have_their_interval_at_every_size(tmp_path, reviews):
    """Areas under curves are on the card whatever the size, and their error needs no resample."""
    found = {score.metric.partition("@")[0]: score for score in evaluate(tmp_path, reviews).scores}

    for name in ("roc_auc", "average_precision"):
        assert name in found
        assert found[name].value is None or found[name].method != "bootstrap-bca 10000"


def test_groups_and_clusters_have_one_spelling_each(tmp_path):
    """A whole number however it was stored, a text in either normal form: one slice and one cluster; an empty cell is no slice."""
    whose = [1, 1.0, "1", " 1.0 "] * 5 + ["caf\u00e9", "cafe\u0301"] * 5 + [None, float("nan"), "  ", ""] * 5
    rows = [{"text": f"t{at}", "label": "ab"[at % 2], "grp": grp} for at, grp in enumerate(whose) if grp == grp]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    selector = f"classification/custom?path={tmp_path}/a.jsonl&slice=grp"

    cell = benchwright.evaluate("constant:a", selector, store=tmp_path / "s").cells[0]
    sizes = {s.slice: s.n for s in cell.scores if s.slice and s.slice.startswith("grp=") and s.metric == "accuracy@1"}
    assert sizes == {"grp=1": 20, "grp=caf\u00e9": 10}

    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:30]))
    selector = f"classification/custom?path={tmp_path}/b.jsonl&cluster=grp"
    assert benchwright.evaluate("constant:a", selector, store=tmp_path / "s").cells[0].score.clusters == 2
    assert "is empty" in refusal(tmp_path, selector.replace("b.jsonl", "a.jsonl"))


def test_a_changed_slice_is_another_cell(tmp_path):
    """Texts and labels stay, the column of slices changes: what is stored says the old slices, and is not taken."""
    rows = [f"text {at},{'good' if at % 2 else 'bad'}" for at in range(20)]
    found = []
    for other in ("b", "c"):
        lines = [f"{row},{'a' if at < 10 else other}" for at, row in enumerate(rows)]
        (tmp_path / "x.csv").write_text("\n".join(["text,label,part", *lines]))
        selector = f"classification/custom?path={tmp_path / 'x.csv'}&slice=part"
        run = benchwright.evaluate("constant:good", selector, store=tmp_path / "store")
        found.append({score.slice for score in run.cells[0].scores if (score.slice or "").startswith("part")})
    assert found == [{"part=a", "part=b"}, {"part=a", "part=c"}]
