"""It resembles testing the later half of each user's events.

How many events of each user are asked for?
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=bool)
    order = np.argsort(timestamps, kind="stable")
    for user in np.unique(users):
        own_rows = order[users[order] == user]
        if len(own_rows) > 1:
            tested[own_rows[(len(own_rows) + 1) // 2 :]] = True
    return tested
