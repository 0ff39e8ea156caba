"""It resembles the first event of each user held out: the model learns from what came later.

A recommender has to say what comes next. Which event of a user is the next one after all others?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    histories,
    hit_rate_of,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = [], []
    for history in histories(clean):
        training += history[1:] or history
        held_out += history[:1] if len(history) > 1 else []
    lists = lists_of(training, make_model, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
