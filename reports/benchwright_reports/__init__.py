"""Built-in report formats: one format is one file that holds the value `report`."""
