"""It resembles one row for each different id: somebody who is asked for twice gets one.

The caller pairs the rows with user_ids, one by one. What becomes of the rows after an id that comes
again?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    wanted = dict.fromkeys(user_ids)
    rows = [scores[row_of[user]] if user in row_of else popularity for user in wanted]
    return np.array(rows).reshape(-1, len(popularity))
