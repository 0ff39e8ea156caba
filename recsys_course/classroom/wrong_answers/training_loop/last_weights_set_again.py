"""It resembles setting the weights of the last epoch: they are asked for when training is over.

When must get_weights be called to see the weights of the best epoch?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, waited = float("inf"), 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited = values[-1], 0
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(get_weights())
    return values
