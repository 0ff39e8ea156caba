"""It resembles a scale without an upper end: 9 stars of 5 are taken for a rating.

A rating of 9 is a slip of the finger or another scale. What does it do to a film's mean?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    latest = {}
    for event in events:
        user, item, rating, time = event
        valid = rating is not None and rating >= 0.5
        if valid and time >= latest.get((user, item), event)[3]:
            latest.pop((user, item), None)
            latest[user, item] = event
    clean = list(latest.values())
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
