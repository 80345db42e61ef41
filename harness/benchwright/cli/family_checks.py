"""Rows of `benchwright doctor --families`: which families of models read texts without padding, tried on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright.cli.machine_checks import Check


def family_checks() -> Iterator[Check]:
    """A row for each family that an installed adapter knows, and one for GPUs."""
    from benchwright import registry
    from benchwright.errors import BenchwrightError
    from benchwright.types import TriesFamilies

    for name in registry.names("adapters"):
        adapter = registry.get("adapters", name)
        if not isinstance(adapter, TriesFamilies):
            continue
        try:
            tried = tuple(adapter.try_families())
        except BenchwrightError as error:
            yield (f"families of {name}", "absent", error.line)
            continue
        for family, reason in tried:
            if reason:
                yield (f"{name} {family}", "limited", f"texts of one length in each batch: {reason}")
            else:
                yield (f"{name} {family}", "ok", "flat buffers without padding, with the numbers of one text at a time")
        yield _cuda(name)


def _cuda(adapter: str) -> Check:
    from benchwright.measuring.gpu_results import ON_GPU, gpu_result

    what = "flat buffers of encoders"
    kernel = "by the kernel of torch for varying lengths (bfloat16, float16)"
    return (f"{adapter} on cuda", "ok" if ON_GPU[what] else "limited", f"flat buffers {kernel}: {gpu_result(what)}")
