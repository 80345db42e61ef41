"""Task cards of SQuAD, and how its documents become rows."""
