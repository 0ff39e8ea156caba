"""Checks of lesson 05: errors, ranked lists, and how sure a mean over users is."""
