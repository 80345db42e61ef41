"""Reading predictions of other systems: rows of any form, matched to a split, turned into answers."""
