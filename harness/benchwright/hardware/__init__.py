"""Hardware profiles of runs: which one answers for a quantity, how they compare, and how they are shown."""
