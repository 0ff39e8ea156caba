"""It resembles the first rating of an item kept, and every later one thrown away.

Somebody gave 5 stars last year and 2 today. Which of the two is their opinion?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    first = {}
    for event in sorted(events, key=lambda event: event[3]):
        if event[2] is not None and 0.5 <= event[2] <= 5:
            first.setdefault(event[:2], event)
    clean = [event for event in events if event is first.get(event[:2])]
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
