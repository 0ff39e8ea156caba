"""It resembles events that are not searched for duplicates: who rates a film twice counts twice.

How many events of the same user with the same item are there after cleaning? Can the held-out item
then still be among the training events?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = [e for e in events if e[2] is not None and 0.5 <= e[2] <= 5]
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
