"""What the files of a checkpoint of `transformers` say: place, configuration, head, weights, tokenizer; nothing here imports torch."""
