"""Built-in benchmark suites: one suite is one file that holds the value `suite`."""
