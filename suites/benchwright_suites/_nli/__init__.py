"""Task cards of inference: written by people, made to fool models, made from templates."""
