"""It resembles testing an event of each user that chance has picked.

Then later events of the user train the model, and it is asked about the past. What decides which
event is the last?
"""

import numpy as np

FUNCTION = "leave_last_out"


def leave_last_out(users, timestamps):
    rng = np.random.default_rng(0)
    tested = np.zeros(len(users), dtype=bool)
    for user in np.unique(users):
        own_rows = np.flatnonzero(users == user)
        if len(own_rows) > 1:
            tested[rng.choice(own_rows)] = True
    return tested
