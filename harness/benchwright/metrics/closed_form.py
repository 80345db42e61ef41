"""Closed-form intervals, without resampling: of shares, of functions of a share, and of values with known influence of each item.

All outputs take the interval of such a value from here.
"""

from __future__ import annotations

from dataclasses import replace

from scipy.special import expit, logit

from benchwright.metrics.columns import Columns
from benchwright.metrics.degenerate import rarest
from benchwright.metrics.metric import Metric, unit_influence
from benchwright.stats.intervals import Interval, share_interval, share_of, t_quantile, z_quantile


def closed_form_interval(columns: Columns, metric: Metric, confidence: float) -> Interval | None:
    """Wilson's interval of a share, through its link if the value is a function of a share; Student's t otherwise.

    None for metrics that need resampling, and if no item has any influence.
    """
    if metric.share is not None and metric.basis is not None:
        return _of_share(columns, metric, confidence)
    return None if metric.influence is None else _of_influence(columns, metric, confidence)


def _of_share(columns: Columns, metric: Metric, confidence: float) -> Interval:
    assert metric.share is not None
    assert metric.basis is not None
    rows = columns.cluster_rows(metric.basis)
    found = share_interval(share_of(*metric.share(rows.values, columns.task), rows.counts), confidence)
    if metric.link is None or found.low is None or found.high is None:
        return found
    low, high = metric.link(found.low), metric.link(found.high)
    method = found.method.replace("wilson", "wilson-indirect")
    return replace(found, low=low, high=high, se=(high - low) / (2 * z_quantile(confidence)), method=method)


def _of_influence(columns: Columns, metric: Metric, confidence: float) -> Interval | None:
    """Student's t around the logit of the value, with the error from the influence of each unit.

    The degrees of freedom are those of the rarest label, since an area over five positives rests on five observations.
    """
    value = metric.value(columns)
    width = metric.high - metric.low
    place = (value - metric.low) / width
    if not 0 < place < 1:
        return None
    pull = unit_influence(metric, columns)
    if pull.size < 2:
        return None
    se = (float(pull @ pull) * pull.size / (pull.size - 1)) ** 0.5
    if se <= 1e-12:
        return None
    far = t_quantile(confidence, max(rarest(columns) - 1, 1)) * se / width / (place * (1 - place))
    low, high = (float(metric.low + width * expit(logit(place) + end)) for end in (-far, far))
    return Interval(low=low, high=high, se=se, method="infinitesimal-jackknife")
