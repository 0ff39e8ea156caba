"""It resembles testing the event before each user's last one.

In Python the last element stands at −1. Which event is the latest, and is it in training now?
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=bool)
    order = np.argsort(timestamps, kind="stable")
    for user in np.unique(users):
        own_rows = order[users[order] == user]
        if len(own_rows) > 1:
            tested[own_rows[-2]] = True
    return tested
