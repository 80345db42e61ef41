"""Which of several models: rules first, then the objective, and how sure the choice is.

Named after the verb's noun form because `benchwright.select` is the public function: a module of that name would hide it.
"""
