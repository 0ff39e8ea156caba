"""It resembles testing an exact number of rows: at a tie one moment stands in both parts.

Rows of one second may belong to one click. If a part of them trains and a part is tested, has the
model seen the future?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    tested = np.zeros(len(timestamps), dtype=bool)
    tested[np.argsort(timestamps, kind="stable")[-n_test:]] = True
    return tested
