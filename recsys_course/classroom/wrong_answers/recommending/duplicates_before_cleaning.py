"""It resembles duplicates resolved before cleaning: an impossible rating replaces a valid one and
is then dropped.

A user has a rating of 4, and a later event without a rating. How many valid ratings are left at the
end?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    latest = {}
    for event in events:
        if event[3] >= latest.get(event[:2], event)[3]:
            latest.pop(event[:2], None)
            latest[event[:2]] = event
    clean = [e for e in latest.values() if e[2] is not None and 0.5 <= e[2] <= 5]
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
