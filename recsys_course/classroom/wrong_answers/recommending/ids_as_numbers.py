"""It resembles ids that are turned into numbers: '007' loses its zeros and becomes 7.

Leading zeros belong to a name. Which two people does your look-up take for one, and what becomes of
an id that is no number?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    def plain(user):
        return int(user) if isinstance(user, str) and user.isdigit() else user

    row_of = {plain(known): row for row, known in enumerate(known_ids)}
    rows = [
        scores[row_of[plain(user)]] if plain(user) in row_of else popularity for user in user_ids
    ]
    return np.array(rows)
