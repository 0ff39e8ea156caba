"""It resembles one model for evaluation and recommendation: everybody's last event is lost to it.

The second list is for people, not for an examination. Which events may the model use now, and how
often is make_model called?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    hit_rate_of,
    lists_of,
    split,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    training, held_out = split(cleaned(events))
    lists = lists_of(training, make_model, k)
    return hit_rate_of(held_out, lists), lists
