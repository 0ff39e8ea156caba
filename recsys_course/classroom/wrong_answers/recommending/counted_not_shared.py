"""It resembles the number of items found, not their share.

Is 12 a good result? Of how many? What is the number found divided by?
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
    return found, lists_of(clean, make_model, k)
