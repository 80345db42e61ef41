"""How many models were tried: one count, of models, not of the ways in which their answers were sliced."""

import json

import benchwright


def test_other_slices_and_clusters_make_no_other_model(tmp_path):
    """The same two files of answers, with and without clusters: two models in select and gate."""
    rows = "".join(f"text {at},{'bad' if at % 3 else 'good'},{at // 4}\n" for at in range(80))
    (tmp_path / "gold.csv").write_text(f"text,label,doc\n{rows}")
    for name, wrong in (("a", 5), ("b", 9)):
        said = [{"index": at, "label": "good" if (at % 3 == 0) != (at < wrong) else "bad"} for at in range(80)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said))
    models = [f"{name}=predictions:{tmp_path}/{name}.jsonl" for name in "ab"]
    store = tmp_path / "results"
    path = f"classification/custom?path={tmp_path}/gold.csv"
    benchwright.evaluate(models, path, store=store, name="plain")
    benchwright.evaluate(models, f"{path}&cluster=doc&positive=bad", store=store, name="clustered")

    rules = {"rule": [{"id": "q", "kind": "noninferiority", "margin": 0.1}]}
    assert benchwright.select("clustered", store=store).attempts == 2
    assert benchwright.gate(rules, "plain:b", baseline="plain:a", store=store).attempts == 2
    benchwright.evaluate("constant:good", path, store=store, name="third")
    assert benchwright.select("plain", store=store).attempts == 3
