"""The command line: ``recsys-course COMMAND``."""

from recsys_course.cli import learning, teaching
from recsys_course.cli.application import app

__all__ = ["app", "learning", "teaching"]
