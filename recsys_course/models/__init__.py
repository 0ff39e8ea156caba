"""Recommenders in NumPy."""
