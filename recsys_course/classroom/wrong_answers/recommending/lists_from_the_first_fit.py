"""It resembles lists from the first model, though a second one is fitted.

What is done with the scores of the second call of make_model? Items that only a held-out event
holds can be on a list now.
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
    scores = scored(training, *ids, make_model)
    scored(clean, *ids_of(clean), make_model)
    rate = hit_rate_of(held_out, listed(scores, training, *ids, k))
    return rate, listed(scores, clean, *ids, k)
