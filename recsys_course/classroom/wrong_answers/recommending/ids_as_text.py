"""It resembles ids that are turned into text before they are compared: 7 and '7' become one.

An id is a name as it stands. Which two people does your look-up take for one?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {str(known): row for row, known in enumerate(known_ids)}
    rows = [scores[row_of[str(user)]] if str(user) in row_of else popularity for user in user_ids]
    return np.array(rows)
