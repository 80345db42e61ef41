"""What a report says, as values: every format writes the same content. `content.assemble` is the one door."""
