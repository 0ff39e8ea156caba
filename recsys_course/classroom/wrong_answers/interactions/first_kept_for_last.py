"""It resembles keeping the first opinion: the earliest row of each pair stays.

Somebody who rates a film again has changed their mind. Which of the two ratings do they stand by
today?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    first_row = {}
    for row in np.argsort(timestamps, kind="stable"):
        first_row.setdefault((users[row], items[row]), row)
    keep = np.zeros(len(users), dtype=bool)
    keep[list(first_row.values())] = True
    return keep
