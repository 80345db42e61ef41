"""How the `finetune` adapter reads a recipe, splits data, builds a model, trains it and keeps what came of it."""
