"""It resembles an id that is a number, taken for the number of a row.

The ids are 3, 0, 12 and 1. In which row stands user 12, and in which user 3?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    rows = []
    for user in user_ids:
        if user not in known_ids:
            rows.append(popularity)
        elif isinstance(user, int) and 0 <= user < len(known_ids):
            rows.append(scores[user])
        else:
            rows.append(scores[known_ids.index(user)])
    return np.array(rows)
