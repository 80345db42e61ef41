"""Leaderboards: ingest, index, board, site and server, built on stored runs."""
