"""What a board gives to programs and to other places: one room a format, all of them made from `content.assemble_board`."""
