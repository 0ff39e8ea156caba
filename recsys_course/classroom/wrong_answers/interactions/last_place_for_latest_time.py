"""It resembles keeping the row that stands furthest down, whatever its time.

Are the rows sorted by time? Look at user 0 and item 0 in the example of the exercise: which of
their two rows is the later one?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    last_row = {}
    for row in range(len(users)):
        last_row[users[row], items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return keep
