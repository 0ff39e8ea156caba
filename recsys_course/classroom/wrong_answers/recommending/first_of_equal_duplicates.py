"""It resembles a rating that is replaced only by one with a *later* timestamp, not by one with the
same.

Two ratings of the same item in the same second: which one stands later in the list, and which one
do you keep?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    latest = {}
    for event in events:
        if event[2] is None or not 0.5 <= event[2] <= 5:
            continue
        if event[:2] not in latest or event[3] > latest[event[:2]][3]:
            latest.pop(event[:2], None)
            latest[event[:2]] = event
    clean = list(latest.values())
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
