"""Hardware profiles made: each model in a fresh process that owns the machine, and the parent that asks and waits."""
