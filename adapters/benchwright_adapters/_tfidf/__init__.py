"""How TF-IDF features answer each kind of question."""
