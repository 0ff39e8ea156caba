"""From text to ratings: every row that is lost is counted, and the counts are the truth."""

import numpy as np
import pytest

from recsys_course.classroom.report import looking, page
from recsys_course.data.cleaning import to_frame
from recsys_course.data.dirt import add_dirt
from recsys_course.data.raw import read_raw
from recsys_course.data.reading import read_ratings

NOW = 1_750_000_000  # a second of 2025


@pytest.fixture(scope="module", params=[0, 1])
def dirt(request, table):
    return add_dirt(table, np.random.default_rng([7, request.param]), unknown=0.0, robots=0.03)


@pytest.fixture(scope="module")
def dirty(dirt, tmp_path_factory):
    path = tmp_path_factory.mktemp("dirty") / "dirty.csv"
    dirt.frame.to_csv(path, index=False)
    return looking.look(read_raw(path), NOW)


def titles(look):
    return [one.title for one in page.examine(look).findings]


def found(look, key):
    return next(one for one in page.examine(look).findings if one.key == key)


def test_the_counts_are_the_truth(dirt, dirty):
    cleaning = dirty.cleaning
    for kind in ("exact_duplicates", "earlier_ratings", "outside_scale", "missing", "milliseconds"):
        assert getattr(cleaning, kind) == getattr(dirt, kind) > 0, kind
    assert sorted(cleaning.suspected_robots) == sorted(dirt.robots)
    assert len(dirt.robots) == 4


def test_the_page_says_them(dirt, dirty):
    said = titles(dirty)
    for sentence in (
        f"{dirt.exact_duplicates} rows repeated word for word",
        f"{dirt.earlier_ratings} rows of a pair that is rated again later",
        f"{dirt.outside_scale} ratings off the scale of 0.5 to 5",
        f"{dirt.missing} rows with a value missing",
        f"4 users who may be robots, with {dirt.robot_rows} rows",
    ):
        assert sentence in said
    n_seconds = len(dirt.frame) - dirt.milliseconds
    assert (
        f"Times are written in different units: {n_seconds:,} in seconds, {dirt.milliseconds:,} in "
        "milliseconds" in said
    )


def test_what_is_left_is_the_clean_table_and_the_robots(dirt, dirty, table):
    left = to_frame(dirty.ratings)
    people = left[~left["user"].isin(map(str, dirt.robots))]
    before = to_frame(table).astype({"user": str, "item": str})
    assert len(people) == len(before)
    assert set(zip(people.user, people.item, strict=True)) == set(
        zip(before.user, before.item, strict=True)
    )
    assert len(left) == len(before) + dirt.robot_rows


def test_robots_go_when_they_are_told_to(dirt, tmp_path):
    path = tmp_path / "dirty.csv"
    dirt.frame.to_csv(path, index=False)
    look = looking.look(read_raw(path), NOW, drop_robots=True)
    assert look.cleaning.robot_rows == dirt.robot_rows
    finding = found(look, "robots")
    assert finding.title == f"4 users who may be robots, with {dirt.robot_rows} rows"
    assert finding.done == "Left out, as you asked."


def test_the_rows_that_are_shown_stand_in_the_file(dirt, dirty, tmp_path):
    path = tmp_path / "dirty.csv"
    dirt.frame.to_csv(path, index=False)
    lines = path.read_text("utf-8").splitlines()
    for finding in page.examine(dirty).findings:
        for sample in finding.samples:
            for row in sample.rows if sample.columns[0] == "line" else ():
                assert lines[int(row[0]) - 1] == ",".join(row[1:5])


def test_an_earlier_rating_stands_beside_the_one_that_was_kept(look):
    seen = look(
        "user,item,rating,timestamp\na,x,2,1400000000\nb,x,3,1400000000\na,x,5,1400000009\n"
        "a,x,4,1400000005\n"
    )
    sample = found(seen, "rated-again").samples[0]
    assert sample.columns == (
        "line", "user", "item", "rating", "timestamp", "rating kept", "line kept",
    )  # fmt: skip
    assert sample.rows == (
        ("2", "a", "x", "2", "1400000000", "5", "4"),
        ("5", "a", "x", "4", "1400000005", "5", "4"),
    )


def test_without_times_the_lowest_line_is_the_newest(look):
    seen = look("user,item,rating\na,x,2\na,x,5\nb,x,4\n")
    assert found(seen, "rated-again").samples[0].rows == (("2", "a", "x", "2", "5", "3"),)
    assert to_frame(seen.ratings)["rating"].tolist() == [5.0, 4.0]


def test_a_clean_file_gives_what_the_strict_reader_gives(table, tmp_path):
    path = tmp_path / "clean.csv"
    frame = to_frame(table)
    frame["title"] = "film " + frame["item"].astype(str)
    frame.to_csv(path, index=False)
    look = looking.look(read_raw(path), NOW)
    strict = read_ratings(path)
    assert look.ratings.fingerprint() == strict.fingerprint()
    assert look.ratings.item_vocabulary.labels == strict.item_vocabulary.labels
    assert look.cleaning.removed == 0


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_semicolons_and_decimal_commas(table, tmp_path, separator):
    path = tmp_path / "comma.csv"
    to_frame(table).to_csv(path, index=False, sep=separator, decimal=",")
    look = looking.look(read_raw(path), NOW)
    assert look.ratings.fingerprint() == read_ratings(path).fingerprint()
    assert str(look.scale) == "0.5 to 5, in half steps"
    assert "Its ratings have decimal commas." in page.examine(look).notices


@pytest.mark.parametrize(
    ("factor", "unit"), [(1, None), (10**3, "milli"), (10**6, "micro"), (10**9, "nano")]
)
def test_times_in_any_unit_become_seconds(look, factor, unit):
    times = [1_400_000_000, 1_400_000_060]
    seen = look(
        "user,item,timestamp\n" + "".join(f"u{n},x,{t * factor}\n" for n, t in enumerate(times))
    )
    assert seen.ratings.timestamps.tolist() == times
    said = [one for one in page.examine(seen).notices if one.startswith("Its times are in")]
    expected = f"Its times are in {unit}seconds since 1970; they were turned into seconds."
    assert said == ([expected] if unit else [])


def test_dates_are_times(look):
    seen = look("user,item,timestamp\na,x,2014-05-13\nb,x,2014-05-13T16:53:20+02:00\n")
    assert seen.ratings.timestamps.tolist() == [1_399_939_200, 1_399_992_800]
    assert "Its times are dates; those without a zone were taken as UTC." in (
        page.examine(seen).notices
    )


def test_times_that_can_rarely_be_read_are_left_aside_and_no_row_is_lost(look):
    rows = "".join(f"u{n},x{n},3,12/24/2014\n" for n in range(9))
    seen = look(f"user,item,rating,timestamp\n{rows}u9,x9,4,1400000000\n")
    assert seen.ignored == ("timestamp",)
    assert seen.ratings.timestamps is None
    assert len(seen.ratings) == 10
    assert "holds no time that can be read in 90\u00a0% of the rows" in titles(seen)[0]


def test_a_few_times_that_cannot_be_read_cost_their_rows(look):
    rows = "".join(f"u{n},x{n},{n % 5 + 1},1400000000\n" for n in range(50))
    seen = look(f"user,item,rating,timestamp\n{rows}u50,x0,3,yesterday\n")
    assert seen.ignored == ()
    assert (seen.n_unreadable, len(seen.ratings)) == (1, 50)
    assert found(seen, "unreadable").samples[0].rows == (("52", "u50", "x0", "3", "yesterday"),)


def test_ratings_in_words_leave_choices(look):
    seen = look("user,item,rating\na,x,good\nb,x,bad\nb,y,good\n")
    assert seen.ignored == ("rating",)
    assert seen.scale.kind == "choices"
    assert to_frame(seen.ratings)["rating"].tolist() == [1.0, 1.0, 1.0]


def test_counts_become_choices_for_the_models(look):
    plays = [1] * 90 + list(range(20, 40))
    seen = look("user,item,rating\n" + "".join(f"u{n},x,{c}\n" for n, c in enumerate(plays)))
    assert seen.scale.kind == "counts"
    assert set(seen.ratings.ratings.tolist()) == {1.0}
    assert titles(seen)[0] == "The ratings look like counts: the middle one is 1, the highest 39"


def test_whole_numbers_are_in_their_order_for_robots(look):
    """As text, 10 comes before 9, and a robot that counts would not be seen."""
    rows = "".join(f"bot,{n},3,{1_400_000_000 + n}\n" for n in range(1, 31))
    people = "".join(f"ann,{n},{n % 5 + 1},1400000000\n" for n in range(1, 31))
    seen = look("user,item,rating,timestamp\n" + rows + people)
    assert seen.cleaning.suspected_robots == ("bot",)


def test_nothing_is_left_of_rows_without_users(look):
    seen = look("user,item,rating\n,x,3\n,y,4\n")
    assert seen.ratings is None
    assert titles(seen)[0] == "2 rows with a value missing"
    assert found(seen, "missing").what.startswith("2 without a user id. A rating")


def test_missing_values_come_in_many_words(look):
    words = ["", "NA", "n/a", "NaN", "NULL", "None", "-", "?"]
    rows = "".join(f"u{n},x,{word}\n" for n, word in enumerate(words))
    seen = look("user,item,rating\na,x,3\nb,x,4\n" + rows)
    assert (seen.cleaning.missing, seen.n_unreadable, len(seen.ratings)) == (8, 0, 2)


def test_the_ledger_adds_up(look):
    seen = look(
        "user,item,rating\na,x,3\na,x,3\na,x,4\nb,x,99\nb,y,\nb,z,many\nc\n"
        + "".join(f"u{n},x,{n % 5 + 1}\n" for n in range(95))
    )
    ledger = dict(page._ledger(seen))
    assert ledger == {
        "lines that hold something": "102",
        "that are no rows": "−1",
        "with a rating or time that cannot be read": "−1",
        "without a user, item, rating or time": "−1",
        "with a rating off the scale": "−1",
        "repeated word for word": "−1",
        "of a pair that comes again later": "−1",
        "ratings that can be used": "96",
    }
    assert len(seen.ratings) == 96
