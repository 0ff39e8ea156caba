"""The command line: ``recsys-course COMMAND``."""

import atexit
import gc
import sys

# what Rich, Pydantic and Jinja leave need not be searched for cycles in the end, which takes longer
# than many a command
atexit.register(gc.freeze)

try:
    from recsys_course.cli import comparing, exporting, learning, making, reporting, teaching
    from recsys_course.cli.application import app
except KeyboardInterrupt:  # Ctrl-C before there is a command that could answer it
    sys.stderr.write("stopped; nothing was lost\n")
    raise SystemExit(130) from None

__all__ = ["app", "comparing", "exporting", "learning", "making", "reporting", "teaching"]
