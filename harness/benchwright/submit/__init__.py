"""Official submission files: written from test predictions of a run, and checked by validators that know no writer."""
