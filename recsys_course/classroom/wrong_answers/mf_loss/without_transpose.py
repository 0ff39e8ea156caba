"""It resembles a product without the transpose: users' rows meet the columns of the item table.

Write the shapes of both tables side by side. Which two lengths must be equal in a matrix
product, and which two remain?
"""

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors
