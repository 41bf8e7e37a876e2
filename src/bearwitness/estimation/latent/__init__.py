"""Latent classes: people of a class are seen by each list by itself (Manrique-Vallier 2016)."""
