"""Leaderboards: submissions, ranks, site, server and exports, built on stored runs."""
