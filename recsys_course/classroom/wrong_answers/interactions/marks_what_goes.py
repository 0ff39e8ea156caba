"""It resembles the mask turned round: true where a row goes.

Read the docstring again: what does a True say about its row?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    last_row = {}
    for row in np.argsort(timestamps, kind="stable"):
        last_row[users[row], items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(last_row.values())] = True
    return ~keep
