"""Figures, tables and templates shared by reports and leaderboards."""
