"""It resembles asking for three events: users with two of them are not tested.

A user with two events trains with the first. From how many events on can one be given away?
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=bool)
    order = np.argsort(timestamps, kind="stable")
    for user in np.unique(users):
        own_rows = order[users[order] == user]
        if len(own_rows) > 2:
            tested[own_rows[-1]] = True
    return tested
