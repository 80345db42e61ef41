"""Two to many models on the same items: sides, pairings, differences.

Named after the noun because `benchwright.compare` is the public function: a module of that name would hide it.
"""
