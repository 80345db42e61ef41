"""The choice of a cell, made once: whichever process comes first chooses, and all others compute what it chose."""

from __future__ import annotations

from msgspec.structs import replace

from benchwright.precision.choose import choose, find_variant, reopen
from benchwright.precision.subject import FastSubject
from benchwright.precision.token_budget import OPTION
from benchwright.store import Store
from benchwright.types import ModelRef, Session


def open_as_chosen(subject: FastSubject, store: Store, key: str) -> Session:
    """The model as it was chosen for a cell; where nothing was, it is chosen now and kept beside the cell.

    Args:
        subject: Model and inputs.
        store: Holds the cell.
        key: Of the cell.

    Raises:
        ModelError: The model cannot be opened, or not as a part of the cell was computed.
    """
    with store.lease_choice(key):
        choice = store.read_choice(key)
        if choice is not None:
            return reopen(subject, choice)
        found = choose(subject)
        store.write_choice(key, found.choice)
        return found.session


def chosen_reference(subject: FastSubject, store: Store, key: str) -> ModelRef:
    """What is opened of a cell whose model is measured: the reference of the variant, or the model's own; see `open_as_chosen`."""
    open_as_chosen(subject, store, key).close()
    choice = store.read_choice(key)
    variant = None if choice is None else find_variant(subject, choice)
    model = subject.model if variant is None else variant.model
    if choice is None or choice.token_budget is None:
        return model
    return replace(model, options={**model.options, OPTION: str(choice.token_budget)})
