"""A model's line over time: values of one metric in the runs of a store, and what changed between them."""
