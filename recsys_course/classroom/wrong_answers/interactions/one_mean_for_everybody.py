"""It resembles one mean for all: the mean of all training ratings is subtracted from every row.

Does it then still matter whether a user is generous or strict?
"""

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    overall = train_ratings.mean()
    return train_ratings - overall, test_ratings - overall
