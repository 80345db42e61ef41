"""Task cards of text classification, and how a task is made from a user's own files."""
