"""Task cards of SuperGLUE, and how its rows become texts for an encoder."""
