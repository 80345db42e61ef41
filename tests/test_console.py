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
