"""It resembles found items divided by the number of users, also of those without a held-out event.

For how many users was something held out? Can somebody with a single event be missed?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    lists_of,
    split,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = split(clean)
    lists = lists_of(training, make_model, k)
    found = sum(event[1] in lists[event[0]] for event in held_out)
    return found / len(lists), lists_of(clean, make_model, k)
