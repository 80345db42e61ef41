"""Model selection: requirements first, then the objective, and the uncertainty of the choice.

Named after the verb's noun form because `benchwright.select` is the public function: a module of that name would hide it.
"""
