# a definition that never ends: the second try, with definitions alone, meets it again
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


class Forever:
    while True:
        pass
