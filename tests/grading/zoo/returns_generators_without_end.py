import itertools


def predict_ratings(user_factors, item_factors):
    return itertools.count()


def observed_squared_error(ratings, observed, predictions):
    def forever():
        while True:
            yield 1.0

    return forever()


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    return map(float, itertools.count())


def als_user_update(ratings, observed, item_factors, l2):
    return iter(int, 1)
