"""Checks of lesson 02: similarities and what neighbours predict."""
