"""It resembles the mask turned round: true where a row trains.

Read the docstring again: what does a True say about its row?
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
    return ~tested
