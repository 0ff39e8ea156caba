"""It resembles row −1 for everybody who is not found, and −1 counts from the end.

What does NumPy take index −1 for? Whose scores does a stranger get?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    return np.array([scores[row_of.get(user, -1)] for user in user_ids])
