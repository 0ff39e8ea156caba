"""``python -m recsys_course.cli`` is ``recsys-course``, where no script is installed."""

from recsys_course.cli import app

app()
