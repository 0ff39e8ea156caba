"""It resembles a scale from 1 to 5: half a star is dropped as impossible.

Which is the lowest rating that the exercise allows? And is it allowed itself?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned([e for e in events if e[2] is None or not e[2] < 1])
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
