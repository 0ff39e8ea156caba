"""It resembles the mean of all users' scores for somebody unknown, though a popularity row is
given.

A mean of scores is one possible fallback. Which one does the exercise hand to you, and what if
there is no user yet to average over?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    mean = scores.sum(axis=0) / max(len(scores), 1)
    return np.array([scores[row_of[user]] if user in row_of else mean for user in user_ids])
