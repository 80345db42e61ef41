"""What a third party brings: tickets (a suite), keywords (an adapter), misses (a metric)."""
