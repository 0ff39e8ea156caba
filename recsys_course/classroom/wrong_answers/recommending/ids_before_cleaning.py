"""It resembles ids that are collected before cleaning: users and items of dropped events get a row.

Somebody whose only event has no rating: is there anything that a model can learn about them? How
many users does it have to be told of?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    hit_rate_of,
    ids_of,
    listed,
    scored,
    split,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = split(clean)
    ids = ids_of(events)
    lists = listed(scored(training, *ids, make_model), training, *ids, k)
    final = listed(scored(clean, *ids, make_model), clean, *ids, k)
    return hit_rate_of(held_out, lists), final
