"""The command line: ``recsys-course COMMAND``."""

from recsys_course.cli import exporting, learning, teaching
from recsys_course.cli.application import app

__all__ = ["app", "exporting", "learning", "teaching"]
