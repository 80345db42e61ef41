"""Options of suites of behavioural tests, and suites from a user's own files."""
