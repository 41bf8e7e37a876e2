"""Averaging over decomposable graphs of the lists (Madigan & York 1997)."""
