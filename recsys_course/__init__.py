"""The library behind the course: every component once, with its equation, its shapes and its source."""

__version__ = "0.1.0"
