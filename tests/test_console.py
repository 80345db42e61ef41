"""The table of a run on the terminal."""

import json

import benchwright
from benchwright import console


def test_the_count_of_a_row_holds_for_every_model_in_it(tmp_path, capsys):
    """Where one model gave no answer to some examples, the least and the most count are shown, whichever model stands first."""
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"word {at},{'ab'[at % 2]}\n" for at in range(24)))
    whole = [{"index": at, "label": "ab"[at % 3 == 0]} for at in range(24)]
    (tmp_path / "whole.jsonl").write_text("".join(json.dumps(row) + "\n" for row in whole))
    part = [{"index": 0, "error": "timeout"}, *whole[1:]]
    (tmp_path / "part.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    whole, part = (f"{name}=predictions:{tmp_path}/{name}.jsonl" for name in ("whole", "part"))
    own = f"classification/custom?path={tmp_path}/d.csv"
    for name, models in (("one", [whole, part]), ("other", [part, whole]), ("alone", [whole])):
        console.show_run(benchwright.evaluate(models, own, store=tmp_path / "s", name=name, errors=1, offline=True))
    printed = capsys.readouterr().out

    assert printed.count("23 to 24 examples") == 2
    assert printed.count("  24 examples") == 1


def test_which_label_f1_is_about_marks_no_accuracy(tmp_path, capsys):
    """It is said below the table of a run; a mark stands beside the number that it is about, and beside no other."""
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"word {at},{'ab'[at % 2]}\n" for at in range(60)))
    said = [{"index": at, "label": "ab"[(at % 2 + at % 3 // 2) % 2]} for at in range(60)]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said))
    rows = []
    for metric in ("accuracy", "f1"):
        own = f"classification/custom?path={tmp_path}/d.csv&score={metric}"
        model = f"m=predictions:{tmp_path}/p.jsonl"
        console.show_run(benchwright.evaluate(model, own, store=tmp_path / "s", name=metric, offline=True))
        printed = capsys.readouterr().out.splitlines()
        assert sum(line.startswith("* m on classification/custom: precision, recall and f1") for line in printed) == 1
        rows.append(next(line for line in printed if line.startswith("classification/custom")))

    assert [row.endswith("*") for row in rows] == [False, True]
