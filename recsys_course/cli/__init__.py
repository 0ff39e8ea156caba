"""The command line: ``recsys-course COMMAND``."""

from recsys_course.cli import comparing, exporting, learning, making, reporting, teaching
from recsys_course.cli.application import app

__all__ = ["app", "comparing", "exporting", "learning", "making", "reporting", "teaching"]
