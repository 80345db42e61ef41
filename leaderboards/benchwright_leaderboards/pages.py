"""A page or file of a site: where it lies, what decides its bytes, and how it is made; unchanged ones are not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, kw_only=True)
class Page:
    """A file of the site.

    Attributes:
        path: Below the folder of the site, with ``/``: ``index.html``, ``tasks/glue--sst2.html``.
        digest: Of all that decides its content (`digest_of_inputs`): equal digest, equal bytes.
        render: Makes the content; called where the site does not have this digest.
    """

    path: str
    digest: str
    render: Callable[[], str | bytes]


def digest_of_inputs(*inputs: Any) -> str:
    """SHA-256 of values that JSON can hold; templates and version of the program are added by whoever builds."""
    return hashlib.sha256(msgspec.json.encode(inputs, order="deterministic")).hexdigest()


def slug(path: str) -> str:
    """A task path as a file name: ``glue/sst2`` is ``glue--sst2``; other characters than letters, digits, ``.``, ``_``, ``@``, ``-`` become ``_``
    and a digest is added.
    """
    import re

    name = re.sub(r"[^\w.@-]", "_", path.replace("/", "--"), flags=re.ASCII)
    told = path.replace("/", "--")
    return name if name == told else f"{name}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
