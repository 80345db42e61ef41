"""Models of `transformers` that read texts one after the other in one buffer, without padding, proved when they are opened."""
