# what comes back of an input must not be trusted to be of the same kind as what was sent
import numpy as np


def predict_ratings(user_factors, item_factors):
    answer = user_factors @ item_factors.T
    user_factors.shape = (-1,)
    item_factors.dtype = np.int8
    return answer


def observed_squared_error(ratings, observed, predictions):
    error = ((ratings - predictions)[observed] ** 2).sum()
    ratings.resize((1000, 1000), refcheck=False)
    observed.resize((0,), refcheck=False)
    predictions.flags.writeable = False
    return error


def als_user_update(ratings, observed, item_factors, l2):
    ratings.dtype = [("passed", "f8")]
    ratings.strides = 0
    return ratings
