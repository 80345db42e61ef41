"""Measuring time, memory, energy and the machine itself; knows callables and clocks, no store, plan or adapter."""
