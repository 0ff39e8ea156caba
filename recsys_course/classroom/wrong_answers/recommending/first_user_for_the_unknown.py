"""It resembles row 0 for everybody who is not found: strangers get the first user's list.

Which default does your look-up use, and whose row is that? The first user's taste is shown to every
newcomer.
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    return np.array([scores[row_of.get(user, 0)] for user in user_ids])
