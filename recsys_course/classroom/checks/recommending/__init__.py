"""Checks of lesson 06: from scores to lists, newcomers, unknown ids and the whole program."""
