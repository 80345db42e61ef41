"""Regression gates: rules for a candidate model, and their verdicts: PASS, FAIL, INCONCLUSIVE, ...

Named after the activity because `benchwright.gate` is the public function: a module of that name would hide it.
"""
