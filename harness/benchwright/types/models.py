"""Models: references, facts known without loading, maps from outputs to labels, cell keys."""

from __future__ import annotations

from typing import Literal

from benchwright.types.base import Frozen, Kind
from benchwright.types.hardware import ProfileSpec


class ModelRef(Frozen, frozen=True, kw_only=True):
    r"""A model reference: ``[name=]adapter:path[@revision][?key=value&...]``.

    Attributes:
        name: Display name; ``[\w.-]+``.
        adapter: Which adapter opens it.
        path: Folder, file, hub id or empty; ``{task}`` and ``{suite}`` pick one checkpoint per task.
        revision: Revision of a hub id.
        options: Adapter options, as strings; ``env:NAME`` values are read when the model is opened.
        tasks: ``suite/task`` -> ``[path][?key=value&...]``: the path and options that replace those above for that task.
    """

    name: str
    adapter: str
    path: str = ""
    revision: str | None = None
    options: dict[str, str] = {}
    tasks: dict[str, str] = {}


class Facts(Frozen, frozen=True, kw_only=True):
    """What an adapter knows about a model without loading weights.

    Attributes:
        digest: Content hash of everything that decides its predictions; None (endpoints, callables): asked anew in each run.
        kinds: What it can be asked.
        labels: Its own label names in output order; None when it answers with the task's names.
        scores: What ``Prediction.scores`` are.
        constant: Whether it is a reference that says the same whatever is asked, so that this is no alarm.
        size_bytes: Bytes of the model's own files, those that decide its answers; None: not known.
        parameters: Number of weights; None: not known.
        replayed: Whether its answers were made elsewhere and are read here: the size of their file and the seconds of
            reading it are none of the system's, so neither is ever told as its cost.
        versions: Library -> version that decides predictions; part of the cell key.
        notes: What a reader of its numbers must know; shown as notes.
        lacks: Labels of the task that it can never give, where it answers in the task's names: those it was not trained on.
        parent: Of a variant the digest of the plain model: the same checkpoint as `transformers` reads it, in single precision
            and with nothing else said; None: it is no variant. Of a task's models this is the digest of the plain one.
        variant: What a variant does otherwise, in the few words of a table: ``INT8, dynamic (torchao)``; empty: it is none.
        memory_bytes: Bytes of its weights while it computes, without what an engine keeps beside them; None: not known.
            ``size_bytes`` are those of its files.
    """

    digest: str | None
    kinds: tuple[Kind, ...]
    labels: tuple[str, ...] | None = None
    scores: Literal["probabilities", "logits", "log-probabilities"] | None = None
    size_bytes: int | None = None
    parameters: int | None = None
    replayed: bool = False
    versions: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    constant: bool = False
    lacks: tuple[str, ...] = ()
    parent: str | None = None
    variant: str = ""
    memory_bytes: int | None = None


class Neutral(Frozen, frozen=True, kw_only=True):
    """How a two-class model answers with a third label: where P(``above``) lies from ``low`` to ``high``, ``label`` is the answer."""

    label: str
    below: str
    above: str
    low: float
    high: float


class LabelMap(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """How a model's outputs are tied to task labels.

    Attributes:
        to_task: Index of the task label for each of the model's outputs; several outputs may share one.
        origin: ``task`` (the model answers in the task's names), ``names``, ``alias`` or ``user``.
        extra: Tags of entity types that the task lacks; in ``to_task`` they are numbered behind its own.
        lacks: Labels of a task of behavioural tests that the model can never give; cases that need them are not applicable.
        neutral: How the one label that it lacks is read from its probabilities, where the user said so; ``lacks`` is empty then.
    """

    to_task: tuple[int, ...]
    origin: Literal["task", "names", "alias", "user"]
    extra: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    neutral: Neutral | None = None


class CellKey(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that decides the predictions of one model on one task on one kind of machine; hashed, it names the cell.

    No machine path, no metric, no secret is in it.

    Attributes:
        schema: Version of the key itself (``KEY``), not of the files that hold it: a new file format loses no cell.
        engine: Version of the engine's semantics.
        model: Digest of the model; of one without a digest ``run:<token>:<name>``, which no other run ever has.
        card: Empty for a suite's own tasks; for a user's own data, behavioural tests and views the digest of what decides records
            and scores beside inputs and targets: labels, positive label, and the slices, clusters and groups of the items.
        machine: Empty for predictions, which machines of one store share (which kind of them computed a cell stands in its ``environment``: the
            last digits may depend on that); of a hardware profile the fingerprint of where it was measured.
        profile: Of a hardware profile how it was made; None for predictions.
        session: Of a hardware profile what stands for this measuring, which no other run has: times are never used again by default.
    """

    schema: int
    engine: int
    model: str
    adapter: str
    adapter_version: int
    options: dict[str, str]
    versions: dict[str, str]
    task: str
    kind: Kind
    inputs: tuple[str, ...]
    split: str
    limit: int | None
    seed: int
    data: str
    labels: LabelMap
    precision: str
    device: str
    card: str = ""
    machine: str = ""
    profile: ProfileSpec | None = None
    session: str = ""
