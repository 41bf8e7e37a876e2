"""Log-linear models of the counts of patterns: given, or chosen by the data."""
