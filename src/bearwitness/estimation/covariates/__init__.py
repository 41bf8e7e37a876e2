"""Doubly robust estimates, where something is known of each person seen."""
