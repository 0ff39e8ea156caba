"""It resembles one event for each item: the user is forgotten.

Two users may rate the same film. What makes two rows events of the same pair?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    last_row = {}
    for row in np.argsort(timestamps, kind="stable"):
        last_row[items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return keep
