"""The index of a board: what its submissions say, as tables to be asked with filters and sorted; it may be deleted at any time.

`open.open_index` gives one that is up to date, `queries` asks it, `sync` writes it. It holds nothing that the submissions do not.
"""
