"""Published probes of bias: a file for each, which holds its tasks."""
