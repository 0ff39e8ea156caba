"""It resembles a mask that is written into the caller's scores.

After the call, print the scores that you passed in. Could somebody still look up what the model
thought of a film that the user has seen?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    scores[seen] = -np.inf
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)
