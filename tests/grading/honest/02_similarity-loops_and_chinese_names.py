# saved by jupyterlab
# %% [markdown]
# # 练习 02：相似度与邻居
# 只用循环和 math，不用任何数组技巧。

# %%
import math
from recsys_course.classroom import check, hint

# %%
def cosine_similarity(first, second):
    点积 = 0.0
    甲 = 0.0
    乙 = 0.0
    for a, b in zip(first, second):
        点积 += a * b
        甲 += a * a
        乙 += b * b
    if 甲 == 0 or 乙 == 0:
        return 0  # 全零向量 😴
    return 点积 / (math.sqrt(甲) * math.sqrt(乙))

check(cosine_similarity)

# %%
def 平均(评分, 看过):
    和, 数 = 0.0, 0
    for r, 有 in zip(评分, 看过):
        if 有:
            和 += r
            数 += 1
    return 和 / 数 if 数 > 0 else 0.0

def similarity_matrix(ratings, observed, shrinkage):
    人数 = len(ratings)
    片数 = len(ratings[0])
    偏差 = []
    for 人 in range(人数):
        均值 = 平均(ratings[人], observed[人])
        偏差.append([ratings[人][片] - 均值 if observed[人][片] else 0.0 for 片 in range(片数)])
    结果 = []
    for a in range(人数):
        行 = []
        for b in range(人数):
            共同 = sum(1 for 片 in range(片数) if observed[a][片] and observed[b][片])
            if 共同 == 0:
                行.append(0.0)
            else:
                行.append(cosine_similarity(偏差[a], 偏差[b]) * 共同 / (共同 + shrinkage))
        结果.append(行)
    return 结果

# %%
def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    候选 = []
    for 人 in range(len(observed)):
        if 人 != user and observed[人][item]:
            候选.append((-similarities[user][人], 人))
    候选.sort()
    return [人 for _, 人 in 候选[:n_neighbors]]

# %%
def 总平均(ratings, observed):
    return 平均([r for 行 in ratings for r in 行], [o for 行 in observed for o in 行])

def predict_user_based(ratings, observed, similarities, user, item):
    基准 = 平均(ratings[user], observed[user]) if any(observed[user]) else 总平均(ratings, observed)
    上, 下 = 0.0, 0.0
    for 人 in range(len(ratings)):
        if 人 == user or not observed[人][item]:
            continue
        s = similarities[user][人]
        上 += s * (ratings[人][item] - 平均(ratings[人], observed[人]))
        下 += abs(s)
    return 基准 + 上 / 下 if 下 else 基准

# %%
def predict_item_based(ratings, observed, similarities, user, item):
    if not any(observed[user]):
        return 总平均(ratings, observed)
    上, 下 = 0.0, 0.0
    for 片 in range(len(ratings[user])):
        s = similarities[item][片]
        if 片 != item and observed[user][片] and s > 0:
            上 += s * ratings[user][片]
            下 += s
    return 上 / 下 if 下 > 0 else 平均(ratings[user], observed[user])

# %%
print("完成 🎉🎬")
