"""The rooms of the `finetune` adapter: configuration, data split, model, training loop, published checkpoint."""
