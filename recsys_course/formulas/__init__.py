"""Equations as functions: NumPy in, NumPy out, nothing remembered."""
