"""It resembles one number for each pair in which different pairs meet: the indices are added up.

User 1 with item 3 and user 3 with item 1 give the same sum. How can you keep the two indices
apart?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    last_row = {}
    for row in np.argsort(timestamps, kind="stable"):
        last_row[users[row] + items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return keep
