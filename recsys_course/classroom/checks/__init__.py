"""The checks: a package a lesson, a module a function that the learner writes.

``test_<function>_<property>(student, rng)`` checks one property and is named by its docstring.
"""
