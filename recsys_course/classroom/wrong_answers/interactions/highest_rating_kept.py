"""It resembles keeping the best rating of each pair instead of the last one.

If somebody liked a film in March and not any more in May, what do they think today? Which column
decides?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    best_row = {}
    for row in np.lexsort((timestamps, ratings)):
        best_row[users[row], items[row]] = row
    keep = np.zeros(len(users), dtype=bool)
    keep[list(best_row.values())] = True
    return keep
