# saved by an editor on windows
import numpy as np


class Nachbarn:
    """Alles in einer Klasse; die Aufgaben werden unten an die Namen gebunden."""

    @staticmethod
    def kosinus(a, b):
        größe = np.sqrt(np.sum(np.square(a)) * np.sum(np.square(b)))
        return 0.0 if größe == 0 else float(np.sum(np.multiply(a, b)) / größe)

    @classmethod
    def matrix(cls, ratings, observed, shrinkage):
        mittel = [r[o].mean() if o.any() else 0.0 for r, o in zip(ratings, observed)]
        d = np.array([np.where(o, r - m, 0.0) for r, o, m in zip(ratings, observed, mittel)])
        n = len(d)
        s = np.zeros((n, n))
        for i in range(n):
            for j in range(i, n):
                gemeinsam = np.count_nonzero(observed[i] * observed[j])
                if gemeinsam:
                    s[i, j] = s[j, i] = cls.kosinus(d[i], d[j]) / (1 + shrinkage / gemeinsam)
        return s

    def __init__(self, ratings, observed):
        self.ratings, self.observed = ratings, observed

    def mittel(self, u):
        return self.ratings[u][self.observed[u]].mean() if self.observed[u].any() else self.ratings[self.observed].mean()

    def von_menschen(self, s, user, item):
        zähler = nenner = 0
        for k in range(len(self.ratings)):
            if k != user and self.observed[k, item]:
                zähler += s[user, k] * (self.ratings[k, item] - self.mittel(k))
                nenner += abs(s[user, k])
        return self.mittel(user) + (zähler / nenner if nenner else 0)

    def von_filmen(self, s, user, item):
        zähler = nenner = 0
        for k in range(self.ratings.shape[1]):
            if k != item and self.observed[user, k] and s[item, k] > 0:
                zähler += s[item, k] * self.ratings[user, k]
                nenner += s[item, k]
        return zähler / nenner if nenner else self.mittel(user)


cosine_similarity = Nachbarn.kosinus
similarity_matrix = Nachbarn.matrix


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    paare = [(s, -k) for k, s in enumerate(similarities[user]) if k != user and observed[k][item]]
    return [-k for s, k in sorted(paare)[::-1]][:n_neighbors]


def predict_user_based(ratings, observed, similarities, user, item):
    return Nachbarn(ratings, observed).von_menschen(similarities, user, item)


def predict_item_based(ratings, observed, similarities, user, item):
    return Nachbarn(ratings, observed).von_filmen(similarities, user, item)
