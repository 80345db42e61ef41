"""Answers that are the same for every example, whoever chose them."""
