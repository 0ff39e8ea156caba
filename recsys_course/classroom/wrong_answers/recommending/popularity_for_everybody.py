"""It resembles the popularity for all as soon as one id is unknown.

Some ids are known and some are not. Does each of them get its own answer?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    if any(user not in known_ids for user in user_ids):
        return np.tile(popularity, (len(user_ids), 1))
    return np.array([scores[known_ids.index(user)] for user in user_ids])
