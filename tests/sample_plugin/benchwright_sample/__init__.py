"""What a third party brings: tickets (a suite), keywords and bags (adapters), misses (a metric), outline (a report)."""
