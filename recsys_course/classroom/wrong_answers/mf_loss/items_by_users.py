"""It resembles a table lying on its side: items in the rows, users in the columns.

Which index comes first in the table that is asked for, and which table stands first in your
product?
"""

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    return item_factors @ user_factors.T
