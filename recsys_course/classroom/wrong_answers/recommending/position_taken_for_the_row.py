"""It resembles the place in user_ids taken for the row of scores.

Ask for the known ids in another order. Does the first one that you ask for get row 0, whoever it
is?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    known = set(known_ids)
    rows = [scores[n] if user in known else popularity for n, user in enumerate(user_ids)]
    return np.array(rows)
