# saved by vscode
# %%
from __future__ import annotations
import numpy as np
from recsys_course.deep.runtime import keras, tf

# %%
class Batches:
    """Iterates in a random order; a class because I come from Java."""

    def __init__(self, n: int, size: int, rng: np.random.Generator):
        self.n, self.size, self.order = n, size, rng.permutation(n)

    def __len__(self) -> int:
        return -(-self.n // self.size)

    def __getitem__(self, k: int) -> np.ndarray:
        if k >= len(self):
            raise IndexError(k)
        return self.order[k * self.size : (k + 1) * self.size]

def epoch_batches(n_rows, batch_size, rng):
    return list(Batches(n_rows, batch_size, rng))

# %%
class Model(tf.Module):
    def __init__(self, U: tf.Variable, V: tf.Variable):
        super().__init__()
        self.U, self.V = U, V

    def __call__(self, users, items):
        return tf.reduce_sum(tf.nn.embedding_lookup(self.U, users) * tf.nn.embedding_lookup(self.V, items), axis=-1)

class Trainer:
    def __init__(self, model: Model, optimizer):
        self.model = model
        self.optimizer = optimizer

    def step(self, users, items, ratings) -> float:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.model.trainable_variables)
            error = self.model(users, items) - tf.cast(ratings, tf.float32)
            loss = tf.reduce_sum(error ** 2) / tf.cast(tf.size(error), tf.float32)
        self.update(tape.gradient(loss, (self.model.U, self.model.V)))
        return loss.numpy().item()

    def update(self, gradients):
        dense = map(tf.convert_to_tensor, gradients)
        self.optimizer.apply_gradients(list(zip(dense, (self.model.U, self.model.V))))

def train_step(user_factors, item_factors, users, items, ratings, optimizer):
    return Trainer(Model(user_factors, item_factors), optimizer).step(users, items, ratings)

# %%
class RunningMean:
    total = 0.0
    weight = 0

    def __iadd__(self, other):
        value, weight = other
        self.total += value * weight
        self.weight += weight
        return self

    @property
    def value(self):
        return self.total / self.weight

def run_epoch(step, batches):
    mean = RunningMean()
    for batch in batches:
        mean += step(batch), len(batch)
    return mean.value

# %%
class EarlyStopping:
    def __init__(self, patience, get_weights):
        self.patience, self.get_weights = patience, get_weights
        self.values, self.best, self.weights = [], -1, None

    def __call__(self, value) -> bool:
        self.values.append(value)
        if self.best < 0 or value < self.values[self.best]:
            self.best = len(self.values) - 1
            self.weights = [w.copy() for w in self.get_weights()]
        return len(self.values) - 1 - self.best >= self.patience

def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    stop = EarlyStopping(patience, get_weights)
    for _ in range(max_epochs):
        train_epoch()
        if stop(validate()):
            break
    set_weights(stop.weights)
    return stop.values

# %%
def repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, epochs, batch_size, learning_rate, seed):
    rng = np.random.RandomState(seed)
    numpy_rng = np.random.default_rng(seed + 1)
    def start(n):
        return tf.Variable(tf.cast(rng.randn(n, embedding_dim) * 0.1, tf.float32))
    trainer = Trainer(Model(start(n_users), start(n_items)), keras.optimizers.Adam(learning_rate=learning_rate))
    history = [
        run_epoch(lambda rows: trainer.step(users[rows], items[rows], ratings[rows]), Batches(len(users), batch_size, numpy_rng))
        for _ in range(epochs)
    ]
    return trainer.model.U.numpy(), trainer.model.V.numpy(), history
