"""What needs bubblewrap is left out where it is missing, but never in CI: see tests/conftest.py."""

import os

from recsys_course.classroom.grading.walls import bubblewrap

collect_ignore = ["walled"] if os.environ.get("CI") != "true" and bubblewrap() is None else []
