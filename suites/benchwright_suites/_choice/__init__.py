"""Task cards of multiple choice, and how their rows become options."""
