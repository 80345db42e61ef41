"""Task cards of GLUE, by what is asked: one sentence, similarity of two, inference between two."""
