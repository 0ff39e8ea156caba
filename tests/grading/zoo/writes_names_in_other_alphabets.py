# Python itself reads these letters as plain ones, so this defines predict_ratings
def 𝐩𝐫𝐞𝐝𝐢𝐜𝐭_𝐫𝐚𝐭𝐢𝐧𝐠𝐬(user_factors, item_factors):
    return user_factors @ item_factors.T


def größe_ß_中文_عدد(ﬁlm):
    return ﬁlm


def ｏbserved_squared_error(ratings, observed, predictions):
    return größe_ß_中文_عدد(((ratings - predictions)[observed] ** 2).sum())
