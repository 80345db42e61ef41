"""Attributions of a model's answers to the words of its inputs, and how faithful they are: pure but for the open session that is asked.

`explain.explain_items` is the one door: an open session, examples and their predictions in, explanations out.
"""
