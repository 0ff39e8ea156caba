"""It resembles popularity added to everybody's scores: the known users lose their own.

A count and a predicted rating have different units. What do the scores of a known user mean after
the sum?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    rows = [popularity + (scores[row_of[user]] if user in row_of else 0) for user in user_ids]
    return np.array(rows).reshape(len(user_ids), len(popularity))
