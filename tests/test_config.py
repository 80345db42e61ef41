"""What people type becomes a frozen specification, or one message with every problem."""

import json

import jsonschema
import pytest

from benchwright import registry
from benchwright.config import default_name, parse_model, parse_models, parse_selector, read_run_file, run_file_schema
from benchwright.errors import BenchwrightError, ConfigError

ADAPTERS = ("majority", "tfidf", "predictions", "transformers", "finetune")


@pytest.mark.parametrize(
    ("text", "name", "adapter", "path", "revision", "options"),
    [
        ("majority", "majority", "majority", "", None, {}),
        ("base=tfidf?c=2&ngrams=1", "base", "tfidf", "", None, {"c": "2", "ngrams": "1"}),
        ("predictions:out/sst2.jsonl", "sst2", "predictions", "out/sst2.jsonl", None, {}),
        ("mine=predictions:./out", "mine", "predictions", "./out", None, {}),
        ("owner/model", "model", "transformers", "owner/model", None, {}),
        ("owner/model@abc123def", "model-abc123de", "transformers", "owner/model", "abc123def", {}),
        ("transformers:owner/model@main", "model-main", "transformers", "owner/model", "main", {}),
        ("./runs/{task}/best", "best", "transformers", "./runs/{task}/best", None, {}),
        (
            "m=owner/model?labels=negative,positive",
            "m",
            "transformers",
            "owner/model",
            None,
            {"labels": "negative,positive"},
        ),
    ],
)
def test_a_model_reference_is_read(text, name, adapter, path, revision, options):
    """Name, adapter, path, revision and options are told apart."""
    model = parse_model(text, ADAPTERS)

    assert (model.name, model.adapter, model.path, model.revision, model.options) == (
        name,
        adapter,
        path,
        revision,
        options,
    )


@pytest.mark.parametrize("folder", ["lr=1e-5", "a@b", "C:m", "what?x=1"])
def test_an_existing_path_is_taken_whole(tmp_path, monkeypatch, folder):
    """Characters that separate parts elsewhere are part of a path that exists."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / folder / "ckpt").mkdir(parents=True)
    model = parse_model(f"./{folder}/ckpt", ADAPTERS)

    assert (model.adapter, model.path, model.options) == ("transformers", f"./{folder}/ckpt", {})


@pytest.mark.parametrize(
    "text",
    [
        "tfdif",
        "tfidf?c",
        "no/such/folder/here",
        "a b=tfidf",
        "tfidf?api_key=abc",
        "tfidf?token=abc",
        "tfidf?hf_token=abc",
        "x=predictions:https://me:secret@host/x",
        "tfidf?endpoint=https://me:pw@host",
        "tfidf?x=hf_abcdefghijklmnop",
    ],
)
def test_a_wrong_reference_is_refused(text):
    """Unknown adapters, options without value, absent paths and secrets are refused."""
    with pytest.raises(BenchwrightError):
        parse_model(text, ADAPTERS)


def test_an_environment_variable_may_hold_a_secret():
    """`env:NAME` passes, and only the name is kept."""
    assert parse_model("tfidf?token=env:HF_TOKEN", ADAPTERS).options == {"token": "env:HF_TOKEN"}


@pytest.mark.parametrize("adapter", registry.names("adapters"))
def test_every_option_of_an_adapter_may_be_typed(adapter):
    """No name that an adapter gives to one of its options is taken for that of a secret (`token_budget` counts tokens)."""
    for option in registry.get("adapters", adapter).options:
        assert parse_model(f"{adapter}:x?{option}=512", [adapter]).options == {option: "512"}


def test_default_names_are_told_apart():
    """Two models that would share a name get numbers; the same reference twice is one model."""
    names = [model.name for model in parse_models(["a/m", "b/m", "a/m"], ADAPTERS)]

    assert names == ["m", "m-2"]


def test_all_wrong_references_are_told_together():
    """Every wrong model of a command line is in one message."""
    with pytest.raises(ConfigError) as told:
        parse_models(["tfdif", "majorty", "majority"], ADAPTERS)

    assert len(told.value.problems) == 2


def test_a_default_name_is_a_name():
    """Whatever the path, the name holds only letters, digits, dot, dash and underscore."""
    assert default_name("predictions", "/a b/ü?/x y.jsonl", None) == "x-y"


RUN = """
name = "nightly"
suite = ["glue/sst2", "starter"]
data = "somewhere"
seed = 3

[[model]]
ref = "majority"

[[model]]
ref = "tfidf"
name = "classic"
options = { c = 2.5, ngrams = 3 }
tasks = { "glue/sst2" = "elsewhere" }
"""


def test_a_run_file_is_read(write):
    """A run file gives the specification that flags would."""
    spec, name = read_run_file(write("run.toml", RUN), ADAPTERS)

    assert name == "nightly"
    assert spec.suites == ("glue/sst2", "starter")
    assert (spec.seed, spec.data) == (3, "somewhere")
    assert [model.name for model in spec.models] == ["majority", "classic"]
    assert spec.models[1].options == {"c": "2.5", "ngrams": "3"}
    assert spec.models[1].tasks == {"glue/sst2": "elsewhere"}


def test_the_schema_of_a_run_file_accepts_it_and_refuses_others():
    """The exported JSON Schema agrees with the reader."""
    import tomllib

    schema = json.loads(json.dumps(run_file_schema()))
    jsonschema.validate(tomllib.loads(RUN), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"suite": ["glue"], "model": [{"ref": 3}]}, schema)


def test_two_tasks_with_options_in_one_text_are_told_to_be_named_each_by_itself():
    """Commas separate values of an option there, so the second task was read as a value."""
    with pytest.raises(BenchwrightError) as found:
        parse_selector("bias/seat?layer=1,bias/seat?pooling=max&layer=0")
    assert "--suite A?key=value --suite B?key=value" in str(found.value)
    with pytest.raises(BenchwrightError, match="several values by commas"):
        parse_selector("bias/seat?layer=1&layer=0")
