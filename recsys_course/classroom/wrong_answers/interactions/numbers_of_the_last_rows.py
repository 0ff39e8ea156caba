"""It resembles the list of the tested rows' numbers instead of a mask.

A mask has a True or False for each row of the list, so it is as long as the list.
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    tested = np.zeros(len(users), dtype=bool)
    order = np.argsort(timestamps, kind="stable")
    for user in np.unique(users):
        own_rows = order[users[order] == user]
        if len(own_rows) > 1:
            tested[own_rows[-1]] = True
    return np.flatnonzero(tested)
