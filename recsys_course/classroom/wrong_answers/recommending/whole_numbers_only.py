"""It resembles a table that has the type of the popularity: counts are whole, so scores get cut.

A film was rated by 3 people, and somebody's score for it is 2.5. What does an array of whole
numbers make of 2.5? Print the rows of the running example.
"""

import numpy as np

FUNCTION = "fallback_for_new_users"


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    row_of = {known: row for row, known in enumerate(known_ids)}
    table = np.tile(popularity, (len(user_ids), 1))
    for n, user in enumerate(user_ids):
        if user in row_of:
            table[n] = scores[row_of[user]]
    return table
