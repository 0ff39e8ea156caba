"""It resembles a model that is fitted to all events and then asked about some of them.

Why is an event held out at all? Which events may the model of the evaluation not have seen?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    hit_rate_of,
    ids_of,
    listed,
    lists_of,
    scored,
    split,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = split(clean)
    ids = ids_of(clean)
    lists = listed(scored(clean, *ids, make_model), training, *ids, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
