"""Bayesian log-linear models with few interactions, all models averaged."""
