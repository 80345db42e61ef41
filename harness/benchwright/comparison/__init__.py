"""Two to many models on the same items: systems, paired records, differences.

Named after the noun because `benchwright.compare` is the public function: a module of that name would hide it.
"""
