"""Where cells run: in this process, or spread by Ray."""
