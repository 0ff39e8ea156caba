"""It resembles the right rule, but of rows with the same latest time the one furthest up is tested.

The exercise says which of them is the last. What does your sorting, or your search for the largest
time, do with equal times?
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=bool)
    for user in np.unique(users):
        own_rows = np.flatnonzero(users == user)
        if len(own_rows) > 1:
            tested[own_rows[np.argmax(timestamps[own_rows])]] = True
    return tested
