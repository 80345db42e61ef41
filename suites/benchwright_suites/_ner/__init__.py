"""Task cards of named entity recognition."""
