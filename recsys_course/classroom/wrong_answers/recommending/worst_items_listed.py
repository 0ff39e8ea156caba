"""It resembles lists in ascending order of the scores: what a user would like least comes first.

In which direction does a sort run? Print one row of scores beside its list.
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    def upside_down(*arguments):
        return -make_model(*arguments)

    clean = cleaned(events)
    return evaluated(clean, upside_down, k), lists_of(clean, upside_down, k)
