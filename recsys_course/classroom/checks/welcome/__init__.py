"""Checks of lesson 00: one function, to meet the loop of writing and checking."""
