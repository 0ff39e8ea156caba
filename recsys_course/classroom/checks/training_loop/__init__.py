"""Checks of lesson 04: the training loop and its parts."""
