# saved by jupyterlab on windows
# %%
# تمرين 01 — من الأحداث إلى جدول موثوق
from collections import Counter, defaultdict
from recsys_course.classroom import check

# %%
def drop_duplicate_events(users, items, ratings, timestamps):
    # لكل زوج: احتفظ بالصف الأحدث
    الأحدث = {}
    for صف, (مستخدم, فيلم, وقت) in enumerate(zip(users, items, timestamps)):
        مفتاح = (int(مستخدم), int(فيلم))
        if مفتاح not in الأحدث or وقت >= timestamps[الأحدث[مفتاح]]:
            الأحدث[مفتاح] = صف
    نبقي = set(الأحدث.values())
    return [صف in نبقي for صف in range(len(users))]

# %%
def center_by_user(train_users, train_ratings, test_users, test_ratings):
    حسب_المستخدم = defaultdict(list)
    for u, r in zip(train_users, train_ratings):
        حسب_المستخدم[u].append(r)
    متوسط = {u: sum(rs) / len(rs) for u, rs in حسب_المستخدم.items()}
    الكل = sum(train_ratings) / len(train_ratings)
    train = [r - متوسط[u] for u, r in zip(train_users, train_ratings)]
    test = [r - متوسط.get(u, الكل) for u, r in zip(test_users, test_ratings)]
    return [train, test]

# %%
def k_core(users, items, k):
    باقية = set(range(len(users)))
    while True:
        n_u = Counter(users[r] for r in باقية)
        n_i = Counter(items[r] for r in باقية)
        ضعيفة = {r for r in باقية if n_u[users[r]] < k or n_i[items[r]] < k}
        if not ضعيفة:
            return [r in باقية for r in range(len(users))]
        باقية -= ضعيفة

# %%
def leave_last_out(users, timestamps):
    صفوف = defaultdict(list)
    for r, u in enumerate(users):
        صفوف[u].append(r)
    آخر = {max(rs, key=lambda r: (timestamps[r], r)) for rs in صفوف.values() if len(rs) > 1}
    return [r in آخر for r in range(len(users))]

# %%
def temporal_split(timestamps, test_fraction):
    m = round(test_fraction * len(timestamps))
    حد = sorted(timestamps, reverse=True)[m - 1]
    return [t >= حد for t in timestamps]

# %%
check(drop_duplicate_events)
check(center_by_user)
check(k_core)
check(leave_last_out)
check(temporal_split)
