"""It resembles a row of zeros for somebody unknown: all films are equal, so the order of the list
is chance.

What does a list look like that is made of equal scores? Which row knows more than nothing?
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    table = np.zeros((len(user_ids), len(popularity)))
    for n, user in enumerate(user_ids):
        if user in row_of:
            table[n] = scores[row_of[user]]
    return table
