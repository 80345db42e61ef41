"""How far two models' answers to the same items agree: of a sample before a cell is computed, of whole cells beside one another."""
