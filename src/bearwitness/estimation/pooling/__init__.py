"""Several answers become one: over draws of the linkage, over strata."""
