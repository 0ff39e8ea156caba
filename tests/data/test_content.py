"""Content: how much it tells is set, so the best prediction from it is known."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from recsys_course.data.content import infer_factors, make_content


def factors(n_items: int = 20_000, dim: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n_items, dim))


def root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("r_squared", [0.1, 0.5, 0.9])
def test_a_feature_is_explained_as_far_as_was_asked(r_squared):
    items = factors()
    content = make_content(items, np.random.default_rng(1), n_features=6, r_squared=r_squared)
    assert content.features.shape == (20_000, 6)
    signal = items @ content.weights
    noise = content.features - signal
    # 4 standard errors √(2/n) of the variance of 20,000 normal numbers
    close = {"rtol": 4 * (2 / 20_000) ** 0.5}
    np.testing.assert_allclose(signal.var(axis=0), r_squared, **close)
    np.testing.assert_allclose(noise.var(axis=0), 1 - r_squared, **close)
    np.testing.assert_allclose(content.features.var(axis=0), 1, **close)
    # R² of a regression of each feature on the factors is another way to the same number;
    # 4 of its standard errors, at most 2/√n · R(1 − R²)
    residuals = content.features - items @ np.linalg.lstsq(items, content.features)[0]
    explained = 1 - residuals.var(axis=0) / content.features.var(axis=0)
    np.testing.assert_allclose(explained, r_squared, atol=4 * 2 / 20_000**0.5 * 0.4)


def test_the_best_prediction_by_hand():
    # d = p = 1, q ~ N(0, 1), x = √R²·q + N(0, 1 − R²): E[q|x] = √R²·x, variance 1 − R²
    mean, covariance = infer_factors(np.array([[2.0], [-1.0]]), np.array([[0.6]]), 0.64)
    np.testing.assert_allclose(mean, [[1.2], [-0.6]])
    np.testing.assert_allclose(covariance, [[0.64]])
    # four such features: variance (1 − R²)/(1 − R² + 4R²) = 0.64/2.08
    mean, covariance = infer_factors(np.ones((1, 4)), np.full((1, 4), 0.6), 0.64)
    np.testing.assert_allclose(covariance, [[0.64 / 2.08]])
    np.testing.assert_allclose(mean, [[2.4 / 2.08]])


@pytest.mark.parametrize(("r_squared", "error"), [(0.0, 1.0), (0.5, 0.2**0.5), (1.0, 0.0)])
def test_the_expected_error_by_hand(r_squared, error):
    # d = 1 and p = 4: √((1 − R²)/(1 − R² + 4R²)); R² = ½ gives √0.2
    content = make_content(
        factors(100, dim=1), np.random.default_rng(2), n_features=4, r_squared=r_squared
    )
    assert content.expected_error == pytest.approx(error, abs=1e-7)


@pytest.mark.parametrize("n_features", [2, 4, 12])
def test_the_best_prediction_is_the_ridge_regression_on_the_true_weights(n_features):
    content = make_content(factors(30), np.random.default_rng(3), n_features, r_squared=0.7)
    ridge = Ridge(alpha=0.3, fit_intercept=False, solver="cholesky")
    ridge.fit(content.weights.T, content.features.T)
    np.testing.assert_allclose(content.expected_factors, ridge.coef_, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("n_features", [1, 4, 16])
@pytest.mark.parametrize("r_squared", [0.05, 0.5, 0.95])
def test_the_error_is_the_expected_one(n_features, r_squared):
    items = factors()
    content = make_content(items, np.random.default_rng(4), n_features, r_squared)
    missed = items - content.expected_factors
    # squared errors of 20,000 items of 4 normal factors: s.e. of the mean at most √(2/n), 4 of them
    assert np.mean(missed**2) == pytest.approx(
        content.expected_error**2, rel=4 * (2 / 20_000) ** 0.5
    )
    # and it cannot be improved: what is missed has nothing to do with what was predicted
    overlap = np.mean(missed * content.expected_factors)
    assert abs(overlap) < 4 * root_mean_square(missed) / (4 * 20_000) ** 0.5


@pytest.mark.parametrize("n_features", [4, 9])
def test_content_without_noise_gives_the_factors_away(n_features):
    items = factors(50)
    content = make_content(items, np.random.default_rng(5), n_features, r_squared=1.0)
    np.testing.assert_allclose(content.expected_factors, items, atol=1e-9)
    assert content.expected_error == pytest.approx(0, abs=1e-6)  # the root of a rounding error


def test_too_few_features_leave_factors_in_the_dark_even_without_noise():
    content = make_content(factors(), np.random.default_rng(6), n_features=1, r_squared=1.0)
    # one direction of four is known exactly, three not at all
    assert content.expected_error == pytest.approx(0.75**0.5)


def test_content_that_tells_nothing_leaves_the_prior():
    items = factors()
    content = make_content(items, np.random.default_rng(7), r_squared=0.0)
    np.testing.assert_array_equal(content.expected_factors, 0)
    assert content.expected_error == 1
    correlation = np.corrcoef(items.T, content.features.T)[:4, 4:]
    assert np.abs(correlation).max() < 4.5 / 20_000**0.5  # the largest of 64 absent correlations
    little = make_content(items, np.random.default_rng(7), r_squared=1e-6)
    assert np.abs(little.expected_factors).max() < 0.1
    assert little.expected_error == pytest.approx(1, abs=1e-4)


def test_more_content_tells_more():
    errors = [
        make_content(factors(10), np.random.default_rng(8), r_squared=r_squared).expected_error
        for r_squared in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert errors == sorted(errors, reverse=True)
    assert len(set(errors)) == 6


@pytest.mark.parametrize("n_known", [10, 30, 100])
def test_nobody_who_learned_the_weights_from_items_is_better(n_known):
    items = factors(5000)
    content = make_content(items, np.random.default_rng(9))
    best = np.mean((items - content.expected_factors)[n_known:] ** 2, axis=1)
    for alpha in (0.1, 1.0, 10.0, 100.0):
        learned = Ridge(alpha=alpha).fit(content.features[:n_known], items[:n_known])
        missed = items[n_known:] - learned.predict(content.features[n_known:])
        lead = np.mean(missed**2, axis=1) - best  # paired by item
        assert lead.mean() > 3 * lead.std() / len(lead) ** 0.5, alpha


def test_one_seed_mixes_the_same_weights_and_noise():
    items = factors(40)
    clear, half, dark = (
        make_content(items, np.random.default_rng(10), r_squared=r_squared)
        for r_squared in (1.0, 0.36, 0.0)
    )
    np.testing.assert_allclose(half.features, 0.6 * clear.features + 0.8 * dark.features)
    np.testing.assert_array_equal(
        make_content(items, np.random.default_rng(10), r_squared=0.36).features, half.features
    )
    other = make_content(items, np.random.default_rng(11), r_squared=0.36)
    assert not np.allclose(other.features, half.features)


def test_content_leaves_the_numbers_of_others_alone():
    used, untouched = np.random.default_rng(12), np.random.default_rng(12)
    make_content(factors(10), used)
    assert used.random() == untouched.random()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_features": 0}, r"n_features is 0"),
        ({"r_squared": -0.1}, r"r_squared is -0\.1"),
        ({"r_squared": 1.1}, r"r_squared is 1\.1"),
        ({"r_squared": np.nan}, r"r_squared is nan"),
    ],
)
def test_impossible_content_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_content(factors(5), np.random.default_rng(0), **options)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"item_factors has shape \(3,\)"):
        make_content(np.ones(3), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"features \(5, 3\) and weights \(2, 4\)"):
        infer_factors(np.ones((5, 3)), np.ones((2, 4)), 0.5)
    with pytest.raises(ValueError, match=r"noise_variance is -1"):
        infer_factors(np.ones((5, 3)), np.ones((2, 3)), -1)
