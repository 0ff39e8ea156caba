"""Named misconceptions: a package a lesson, a module a wrong answer, named after its idea.

The first line of a module's docstring says what an answer resembles; the rest asks what to look at.
``FUNCTION`` names the exercise function that the module defines.
"""
