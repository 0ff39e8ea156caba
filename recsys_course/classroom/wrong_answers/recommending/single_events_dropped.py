"""It resembles users with a single event left out altogether: they get no recommendations.

Somebody with one event cannot be evaluated. Can they be recommended something?
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    histories,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    by_user = [history for history in histories(cleaned(events)) if len(history) > 1]
    clean = [event for history in by_user for event in history]
    return evaluated(clean, make_model, k), lists_of(clean, make_model, k)
