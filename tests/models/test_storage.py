"""Files of models: what is in them, and what is refused."""

import json

import numpy as np
import pytest

from recsys_course.data.archive import read_arrays, write_arrays
from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.neighborhood import ItemNeighbors


@pytest.fixture
def table() -> Interactions:
    return Interactions(
        [0, 0, 1, 2], [0, 1, 1, 2], [5, 4, 3, 2], None, Vocabulary("abc"), Vocabulary("xyz")
    )


def test_the_file_is_what_its_documentation_says(table, tmp_path):
    path = tmp_path / "model.npz"
    ItemNeighbors("explicit").fit(table).save(path)
    with np.load(path, allow_pickle=False) as stored:
        story = json.loads(stored["model"].tobytes())
        names = set(stored.files)
        assert stored["train.ratings"].tolist() == [5, 4, 3, 2]
    assert story["class"] == "ItemNeighbors"
    assert story["attributes"]["n_neighbors"] == {"value": 100}
    assert story["attributes"]["similarities"] == {"sparse": "similarities", "shape": [3, 3]}
    assert story["attributes"]["biases"]["model"]["class"] == "Biases"
    assert {"similarities.data", "biases.item_biases", "train.user_ids"} <= names


def test_a_generator_goes_on_where_it_was(table, tmp_path):
    rng = np.random.Generator(np.random.MT19937(5))  # its state holds an array
    model = RandomScores(rng).fit(table)
    model.save(tmp_path / "model.npz")
    back = RandomScores.load(tmp_path / "model.npz")
    assert back.fit(table).score([0]).tolist() == model.fit(table).score([0]).tolist()


def test_the_wrong_class_is_named(table, tmp_path):
    path = tmp_path / "model.npz"
    Biases().fit(table).save(path)
    with pytest.raises(ValueError, match=r"class Biases, not Popularity.*Biases\.load\(\)"):
        Popularity.load(path)


def test_a_file_of_something_else_is_refused(table, tmp_path):
    table.save(tmp_path / "ratings.npz")
    with pytest.raises(ValueError, match=r"ratings\.npz holds no model.*save\(\)"):
        Popularity.load(tmp_path / "ratings.npz")
    with pytest.raises(FileNotFoundError):
        Popularity.load(tmp_path / "nowhere.npz")


def test_damage_is_noticed(table, tmp_path):
    path = tmp_path / "model.npz"
    AlternatingLeastSquares(np.random.default_rng(0)).fit(table).save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged"):
        AlternatingLeastSquares.load(path)


def test_a_part_that_is_missing_is_named(table, tmp_path):
    path = tmp_path / "model.npz"
    Popularity().fit(table).save(path)
    arrays = read_arrays(path)
    for missing, message in (("counts", "lacks 'counts'"), ("train.users", "'users' is missing")):
        write_arrays(path, {name: one for name, one in arrays.items() if name != missing})
        with pytest.raises(ValueError, match=message):
            Popularity.load(path)


def test_what_a_file_cannot_hold_is_named_and_the_old_file_stays(table, tmp_path):
    path = tmp_path / "model.npz"
    model = Popularity().fit(table)
    model.save(path)
    before = path.read_bytes()
    model.note = {1, 2}
    with pytest.raises(TypeError, match=r"note is a set.*arrays, numbers"):
        model.save(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["model.npz"]


def test_a_float32_oracle_keeps_its_type(table, tmp_path):
    scores = np.arange(9, dtype=np.float32).reshape(3, 3)
    Oracle(scores, "implicit").fit(table).save(tmp_path / "model.npz")
    back = Oracle.load(tmp_path / "model.npz").score([0, 1, 2])
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, scores)


@pytest.mark.parametrize(
    "story", ["{}", "[]", "7", "no JSON", "\udcff", '{"class": 1', "[" * 100_000]
)
def test_a_file_whose_model_is_none_is_named(table, tmp_path, story):
    path = tmp_path / "model.npz"
    content = np.frombuffer(story.encode("utf-8", "surrogateescape"), np.uint8)
    write_arrays(path, table.as_arrays() | {"model": content})
    with pytest.raises(ValueError, match=r"model\.npz holds no model; give a file that"):
        Popularity.load(path)


@pytest.mark.parametrize("attributes", ["[]", "7", '{"counts": 7}', '{"counts": {"sparse": 1}}'])
def test_a_file_whose_attributes_are_none_is_named(table, tmp_path, attributes):
    path = tmp_path / "model.npz"
    Popularity().fit(table).save(path)
    story = f'{{"class": "Popularity", "attributes": {attributes}}}'
    write_arrays(path, read_arrays(path) | {"model": np.frombuffer(story.encode(), np.uint8)})
    with pytest.raises(ValueError, match=r"model\.npz (cannot be read as a model: |lacks ')"):
        Popularity.load(path)


class MyNeighbors(ItemNeighbors):
    """A learner's own model, built on one of the course."""


class MyBiases(Biases):
    """A part of a model, two classes below what all models share."""


def test_a_model_built_on_another_comes_back_with_its_parts(table, tmp_path):
    path = tmp_path / "mine.npz"
    model = MyNeighbors().fit(table)
    model.biases = MyBiases(sweeps=3).fit(table)
    model.save(path)
    back = MyNeighbors.load(path)
    assert (type(back), type(back.biases)) == (MyNeighbors, MyBiases)
    np.testing.assert_array_equal(back.score([0, 1]), model.score([0, 1]))


def test_a_part_of_an_unknown_class_is_named(table, tmp_path):
    path = tmp_path / "mine.npz"
    ItemNeighbors().fit(table).save(path)
    arrays = read_arrays(path)
    story = arrays["model"].tobytes().replace(b'"Biases"', b'"Others"')
    write_arrays(path, arrays | {"model": np.frombuffer(story, np.uint8)})
    with pytest.raises(ValueError, match=r"mine\.npz .*its biases is of the class Others.*import"):
        ItemNeighbors.load(path)


def test_a_model_saved_before_similarities_could_be_chosen_has_the_cosine(table, tmp_path):
    path = tmp_path / "model.npz"
    ItemNeighbors().fit(table).save(path)
    arrays = read_arrays(path)
    story = json.loads(arrays["model"].tobytes())
    assert story["attributes"].pop("kind") == {"value": "cosine"}
    write_arrays(path, arrays | {"model": np.frombuffer(json.dumps(story).encode(), np.uint8)})
    assert ItemNeighbors.load(path).kind == "cosine"
