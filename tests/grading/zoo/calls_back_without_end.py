import numpy as np


def run_pipeline(events, make_model, k):
    while True:
        try:
            make_model(np.array([0]), np.array([0]), np.array([5.0]), 1, 1)
        except BaseException:
            pass


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    rows = {known: row for row, known in enumerate(known_ids)}
    return [scores[rows[one]] if one in rows else popularity for one in user_ids]
