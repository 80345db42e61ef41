"""How the `transformers` adapter finds, checks, opens and asks a checkpoint."""
