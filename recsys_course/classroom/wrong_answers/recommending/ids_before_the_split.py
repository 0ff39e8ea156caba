"""It resembles ids that are collected before the split: the first model knows items of the held-out
events.

The first model stands for yesterday. May it know of a film that appeared today?
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
    lists = listed(scored(training, *ids, make_model), training, *ids, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
