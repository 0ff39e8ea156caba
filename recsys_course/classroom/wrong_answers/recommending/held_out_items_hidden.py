"""It resembles an evaluation that leaves out all that a user has seen, the item it looks for among
it.

Which item are you looking for, and can it be on a list from which it was taken out? What is the hit
rate then, for any model?
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
    ids = ids_of(training)
    lists = listed(scored(training, *ids, make_model), clean, *ids, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
