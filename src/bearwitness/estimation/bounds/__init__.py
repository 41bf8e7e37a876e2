"""Lower bounds: what can be said of the unseen where how people differ is not known."""
