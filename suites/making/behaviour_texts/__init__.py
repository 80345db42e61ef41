"""The texts of the behavioural suites that ship with benchwright: templates and fillers, written by the project."""
