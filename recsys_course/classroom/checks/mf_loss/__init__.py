"""Checks of lesson 03: the loss of matrix factorisation and how to descend it."""
