"""Hardware: views of any task under a clock, its inputs as they are."""

from __future__ import annotations

from benchwright.types import Suite

suite = Suite(
    name="hardware",
    version=1,
    tasks=(),
    views=("single_stream", "offline"),
    description="A model's latency, throughput, memory, energy and cost on this machine, on the texts of any task; --on says of which tasks.",
)
