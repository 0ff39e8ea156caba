"""It resembles a dot product: whoever gives more stars is more similar.

What happens to your number when one vector is multiplied by 10? The angle between the two stays
as it is.
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    return float(np.dot(first, second))
