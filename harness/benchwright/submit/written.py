"""What a writer of submission files hands on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Written:
    """Files of a submission in the order of the official table, and what a reader must know about them."""

    files: dict[str, bytes]
    remarks: tuple[str, ...] = ()
