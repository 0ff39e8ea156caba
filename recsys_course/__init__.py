"""The library behind the course: every component once, with equation, shapes and source."""

__version__ = "0.1.0"
