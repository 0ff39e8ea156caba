"""It resembles a look-up that takes for granted that everybody is known.

What does your look-up do with an id that it does not find? In a shop that happens every minute, and
the page must not go blank.
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    return np.array([scores[row_of[user]] for user in user_ids])
