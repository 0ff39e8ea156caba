"""It resembles lists in which everything may stand, also what a user has rated.

What do the training items of a user do to the k places, when the model scores them highest? Where
are they taken out?
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
    ids = ids_of(training)
    lists = listed(scored(training, *ids, make_model), [], *ids, k)
    ids = ids_of(clean)
    return hit_rate_of(held_out, lists), listed(scored(clean, *ids, make_model), [], *ids, k)
