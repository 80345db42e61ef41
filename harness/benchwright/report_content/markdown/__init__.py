"""Parts of a report as Markdown that stays text: what a comment and a model card are made of."""
