# signs that turn the direction of writing, an encoding line, and a page break
# -*- coding: utf-7 -*-
# coding: unicode_escape \u000aimport os; os._exit(0)


def predict_ratings(user_factors, item_factors):
    access = "user‮ ⁦# admin⁩ ⁦"
    return user_factors @ item_factors.T if access else None
