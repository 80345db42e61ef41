"""Behavioural tests as people see them: matrices, tables of tests, failing cases with their change marked; in reports, terminals, JSON."""
