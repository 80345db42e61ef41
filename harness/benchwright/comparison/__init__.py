"""Compare two or more systems on the same items: systems, comparability, paired records, differences.

`systems` reads systems from the store, `comparable_answers` reads their answers and checks that they can be compared, `pairing`
pairs them on common items, `estimate` chooses an estimator of `benchwright.stats`, `measure_difference` makes a `difference` with
interval and p. `pairwise` compares all pairs (Holm, rank ranges), `slices` parts of a task, `averages` official means, `cost`
size and time. `compare` collects each `task` into a `result`, which `text` formats; `report_section` does so for report pages.

Named after the noun because `benchwright.compare` is the public function: a module of that name would hide it.
"""
