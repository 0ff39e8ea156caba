def predict_ratings(user_factors, item_factors):
    raise GeneratorExit


def observed_squared_error(ratings, observed, predictions):
    raise StopIteration


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    raise StopAsyncIteration
