"""It resembles found items divided by the places of all lists: a precision, not a hit rate.

One item is held out for each user. What is the largest value that your number can reach with k =
10?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    return evaluated(clean, make_model, k) / k, lists_of(clean, make_model, k)
