import os


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


os._exit(1)
