"""How rank ranges come about: who is ranked on what, the tests of all pairs, Holm's procedure over them, and what is kept of it."""
