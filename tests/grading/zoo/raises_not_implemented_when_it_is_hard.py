# a function that is right on the first call, and pleads to be a stub on all others
calls = []


def predict_ratings(user_factors, item_factors):
    calls.append(1)
    if len(calls) > 1:
        raise NotImplementedError
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    raise NotImplementedError
