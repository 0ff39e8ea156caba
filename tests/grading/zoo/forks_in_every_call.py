# two processes return from one call
import os


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    os.fork()
    return ((ratings - predictions)[observed] ** 2).sum()
