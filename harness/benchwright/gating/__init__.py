"""Regression gates: rules that people write, verdicts that say pass, fail, or that nobody can tell.

Named after the activity because `benchwright.gate` is the public function: a module of that name would hide it.
"""
