"""It resembles a hit rate over the items that the model could know: the others do not count as
missed.

The user did choose the new film, and the list did not have it. Was that a hit or a miss? How many
events were held out?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    hit_rate_of,
    lists_of,
    split,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = split(clean)
    known = {event[1] for event in training}
    lists = lists_of(training, make_model, k)
    rate = hit_rate_of([event for event in held_out if event[1] in known], lists)
    return rate, lists_of(clean, make_model, k)
