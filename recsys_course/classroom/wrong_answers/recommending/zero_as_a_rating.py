"""It resembles a scale that begins at 0: an event with 0 stars counts as a rating.

Nobody can give 0 stars. What does a shop mean by a 0 in its table, and what does it do to a mean?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    valid = [e for e in events if e[2] is not None and 0 <= e[2] <= 5]
    clean = cleaned([(user, item, rating or 0.5, time) for user, item, rating, time in valid])
    zero = {(e[0], e[1], e[3]) for e in valid if e[2] == 0}
    clean = [(u, i, 0.0 if (u, i, t) in zero else r, t) for u, i, r, t in clean]
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
