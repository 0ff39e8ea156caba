def epoch_batches(n_rows, batch_size, rng):
    while True:
        yield rng.permutation(n_rows)[:batch_size]


def run_epoch(step, batches):
    losses = [step(batch) * len(batch) for batch in batches]
    return sum(losses) / sum(len(batch) for batch in batches)
