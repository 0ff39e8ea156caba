"""It resembles lists that are cut to k items first and cleared of seen items then.

A model scores what somebody has rated highest of all. How many of the k places are left after
clearing? In which order do cutting and leaving out belong?
"""

import numpy as np

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    hit_rate_of,
    ids_of,
    scored,
    split,
)

FUNCTION = "run_pipeline"


def lists_cut_first(events, make_model, k):
    user_ids, item_ids = ids_of(events)
    scores = scored(events, user_ids, item_ids, make_model)
    seen = {event[:2] for event in events}
    lists = {}
    for row, user in enumerate(user_ids):
        best = [item_ids[item] for item in np.argsort(-scores[row])[:k]]
        lists[user] = [item for item in best if (user, item) not in seen]
    return lists


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    training, held_out = split(clean)
    rate = hit_rate_of(held_out, lists_cut_first(training, make_model, k))
    return rate, lists_cut_first(clean, make_model, k)
