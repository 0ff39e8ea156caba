"""How good a recommender is, and how sure we are of it."""
