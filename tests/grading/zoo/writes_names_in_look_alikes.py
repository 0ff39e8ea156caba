# the first letter of the first name is Cyrillic: another name, however it looks
def рredict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions)[observed] ** 2).sum()
