"""It resembles a user with one event who loses it: the model has never heard of them.

Whose only event may you take away, if they are to be in the model at all?
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
    by_user = histories(clean)
    training = [event for history in by_user for event in history[:-1]]
    held_out = [history[-1] for history in by_user]
    lists = lists_of(training, make_model, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
