"""It resembles the list of the kept rows' numbers instead of a mask.

A mask has a True or False for each row of the list, so it is as long as the list.
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    last_row = {}
    for row in np.argsort(timestamps, kind="stable"):
        last_row[users[row], items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return np.flatnonzero(keep)
