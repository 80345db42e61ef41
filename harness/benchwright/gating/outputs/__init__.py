"""A gate's result as files: ``verdict.json`` is the source, everything else is a rendering of it."""
