"""Checks of lesson 01: clean rows, centred ratings, the k-core and two splits."""
