"""It resembles the average of the rated films' vectors: what was rated counts, the stars do not.

Two people rate the same two films, one with 5 and 1 stars, the other with 1 and 5. Do they get the
same vector? Predict the ratings back from it.
"""

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    return baseline + item_factors @ item_factors[items].mean(axis=0)
