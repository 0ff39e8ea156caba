def predict_ratings(user_factors, item_factors):
    raise ValueError(f"LEAK {user_factors!r} <script>alert(1)</script>")


def observed_squared_error(ratings, observed, predictions):
    raise KeyError("LEAK" + "9" * 1_000_000)
