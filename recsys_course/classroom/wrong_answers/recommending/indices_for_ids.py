"""It resembles lists of indices: the numbers are not turned back into ids.

What would a shop show for item 3? Indices belong to the arithmetic, ids to people.
"""

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    evaluated,
    ids_of,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    rate = evaluated(clean, make_model, k)
    item_ids = ids_of(clean)[1]
    lists = lists_of(clean, make_model, k)
    return rate, {user: [item_ids.index(item) for item in lists[user]] for user in lists}
