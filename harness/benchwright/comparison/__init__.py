"""Two to many systems on the same items: who they are, whether they can be compared, and by how much they differ.

`systems` reads who is meant, `comparable` what they answered or why it cannot be compared, `pairing` pairs it on common
items, `estimate` makes an estimator of `benchwright.stats` from a pair, `differ` a `difference` as it is shown. `pairwise`
compares all with all (Holm, ranks), `slices` within parts of a task, `averages` on official means, `cost` by size and time.
`compare` puts a `task` after the other into a `result`, which `text` writes; `report` is the same for pages.

Named after the noun because `benchwright.compare` is the public function: a module of that name would hide it.
"""
