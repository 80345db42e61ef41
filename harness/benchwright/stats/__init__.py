"""Statistics with numpy and scipy.special: arrays in, numbers out; nothing here reads a store or knows a metric.

One score: `intervals` (Wilson, percentile, BCa). A difference of two systems, by how it is estimated: `paired` (McNemar,
Tango), `bootstrap_difference`, `jackknife`, `seeds`, `retention` (a fraction of the parent that is kept); all answer value,
bound and p as in `difference`, which also decides from bounds. Beside them `randomisation` (permutation tests), `power` (how
much data), `block_ratio` (times of two models whose blocks were measured in turn), `gaps` (differences between groups, of which the largest counts), `multiplicity` (Holm, Benjamini-Hochberg, shrinkage), `selection` (Pareto front, optimism of a winner). Resamples
are made by `bootstrap` and `resample_weights`. Times: `order_statistics` (percentiles of raw samples), `autocorrelation` (what samples that
resemble their neighbours are worth), `block_bootstrap` (means of such), `early_stopping` (MLPerf's test of a bound); `checks` refuses what cannot be computed with.
"""
