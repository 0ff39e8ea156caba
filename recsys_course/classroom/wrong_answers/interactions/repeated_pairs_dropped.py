"""It resembles dropping a pair altogether when it stands twice.

A pair that was rated twice has been rated. Which of its rows is worth keeping?
"""

import numpy as np

FUNCTION = "drop_duplicate_events"


def drop_duplicate_events(users, items, ratings, timestamps):
    pairs = list(zip(users.tolist(), items.tolist(), strict=True))
    return np.array([pairs.count(pair) == 1 for pair in pairs])
