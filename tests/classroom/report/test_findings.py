"""Each oddity is found where it is, counted right, and not found where it is not."""

import pytest

from recsys_course.classroom.report import findings, of_people, page

CLEAN = "user,item,rating,timestamp\n" + "".join(
    f"u{user},i{item},{(user + item) % 5 + 1},{1_400_000_000 + 90_000 * user + 7 * item}\n"
    for user in range(12)
    for item in range(user % 3, 12)
)
# oddity, what is added to the clean file, key, title
ODDITIES = {
    "broken": ("u1\n", "broken-lines", "1 line could not be read as a row"),
    "missing": (",i1,3,1400000000\n", "missing", "1 row with a value missing"),
    "word": (
        "v1,i1,good,1400000000\n",
        "unreadable",
        "1 row with a rating or time that cannot be read",
    ),
    "off": ("v1,i1,0,1400000000\n", "off-the-scale", "1 rating off the scale of 1 to 5"),
    "between": (
        "v1,i1,3.7,1400000000\n",
        "between-steps",
        "1 rating between the steps of the scale",
    ),
    "copy": ("u0,i0,1,1400000000\n", "copies", "1 row repeated word for word"),
    "again": ("u0,i0,5,1500000000\n", "rated-again", "1 row of a pair that is rated again later"),
    "ms": (
        "v1,i1,3,1400000000000\n",
        "mixed-units",
        "Times are written in different units: 132 in seconds, 1 in milliseconds",
    ),
    "date": (
        "v1,i1,3,2014-05-13\n",
        "mixed-units",
        "Times are written in different units: 132 in seconds, 1 as dates",
    ),
    "future": ("v1,i1,3,2000000000\n", "future-times", "1 time in the future"),
    "early": ("v1,i1,3,0\n", "early-times", "1 time before 1995"),
    "null": (
        "null,i1,3,1400000000\n",
        "ids-of-nothing",
        "1 row with an id that says “nothing”, such as “null”",
    ),
    "excel": ("9.78E+12,i1,3,1400000000\n", "spreadsheet-ids", "1 row with an id such as 1.23E+12"),
    "case": (
        "U1,i1,3,1400000000\n",
        "alike-ids",
        "2 ids that differ from another only by case, spaces or zeros in front",
    ),
    "lonely user": (
        "v1,i1,3,1400000000\n",
        "lonely-users",
        "1 user with a single rating, 7.7\u00a0% of the users",
    ),
    "lonely item": (
        "u1,new,3,1400000000\n",
        "lonely-items",
        "1 item with a single rating, 7.7\u00a0% of the items",
    ),
    "flat": (
        "".join(f"v1,i{n},4,1400000000\n" for n in range(5)),
        "same-stars",
        "1 user who gives everything the same rating, 7.7\u00a0% of the users",
    ),
    "robot": (
        "".join(f"bot,j{n:02},{n % 5 + 1},{1_400_000_000 + n}\n" for n in range(20)),
        "robots",
        "1 user who may be a robot, with 20 rows",
    ),
}


def of(look):
    return {one.key: one for one in page.examine(look).findings}


def test_nothing_is_found_in_a_clean_file(look):
    examined = page.examine(look(CLEAN))
    assert examined.findings == []
    assert len(examined.absent) == 30
    assert examined.notices == []


@pytest.mark.parametrize("name", ODDITIES)
def test_an_oddity_is_found_and_counted(look, name):
    added, key, title = ODDITIES[name]
    found = of(look(CLEAN + added))
    assert found[key].title == title
    assert 0 < found[key].share <= 1
    assert found[key].what
    assert found[key].done
    assert found[key].advice
    first = found[key].samples[0].rows[0] if found[key].samples else ()
    if found[key].samples and found[key].samples[0].columns[0] == "line":
        assert first[0] in {"134", "2"}  # the added row; of dates among numbers, the other kind
        assert set(first[1:5]) & set(added.splitlines()[0].split(",")) or name == "date"


WHOLE_FILES = {
    "no-names": (
        "1,2,3,1400000000\n2,3,4,1400000000\n",
        "The first line does not name the columns",
    ),
    "letters": (
        "user,item,title\n1,2,é\n".encode("cp1252"),
        "The file is not UTF-8 but Windows-1252, as far as one can tell",
    ),
    "repeated-names": (
        "user,item,rating,rating\n1,2,3,3\n2,2,4,4\n",
        "1 name of columns stood twice: rating",
    ),
    "useless-rating": (
        "user,item,rating\n1,2,good\n2,2,bad\n",
        "The column “rating” holds no rating that can be read in 100\u00a0% of the rows",
    ),
    "useless-timestamp": (
        "user,item,time\n1,2,noon\n2,2,noon\n",
        "The column “time” holds no time that can be read in 100\u00a0% of the rows",
    ),
    "garbled-titles": (
        "user,item,title\n1,2,AmÃ©lie\n2,2,AmÃ©lie\n",
        "1 title with garbled letters, such as Ã©",
    ),
    "titles-of-one-item": (
        "user,item,title\n1,2,Alien\n2,2,Aliens\n",
        "1 item with several titles",
    ),
    "items-of-one-title": (
        "user,item,title\n1,2,Alien\n2,3,Alien\n",
        "1 title shared by several items",
    ),
    "only-choices": ("user,item\n1,2\n2,2\n", "The file holds choices, no opinions"),
    "same-ratings": (
        "user,item,rating\n" + "".join(f"{n},1,{1 if n else 5}\n" for n in range(5)),
        "80\u00a0% of the ratings are 1",
    ),
    "one-moment": (
        "user,item,time\n" + "".join(f"{n},1,{1_400_000_000 + n}\n" for n in range(100)),
        "All times lie within one day",
    ),
    "counts": (
        "user,item,rating\n" + "".join(f"{n},1,{90 if n > 90 else 1}\n" for n in range(100)),
        "The ratings look like counts: the middle one is 1, the highest 90",
    ),
    "one-voice": (
        "user,item\n"
        + "".join(f"{n},{n % 40}\n" for n in range(400))
        + "".join(f"shop,{n}\n" for n in range(40)),
        "One user has 9.1\u00a0% of all ratings: shop",
    ),
}


@pytest.mark.parametrize("key", WHOLE_FILES)
def test_an_oddity_of_a_whole_file(look, key):
    content, title = WHOLE_FILES[key]
    assert of(look(content))[key].title == title


def test_every_check_is_tried_here():
    keys = {key for _, key, _ in ODDITIES.values()} | set(WHOLE_FILES)
    assert len(keys) == len(page._CHECKS) == 30


def test_the_worst_comes_first(look):
    found = page.examine(look(CLEAN + ODDITIES["off"][0] + ODDITIES["early"][0])).findings
    assert [one.key for one in found[:2]] == ["off-the-scale", "early-times"]
    harms = [one.harm for one in found]
    assert harms == sorted(harms, reverse=True)


def test_ids_alike_stand_together(look):
    seen = look(
        "user,item\nann,1\nAnn,2\n ANN ,3\nbo,1\n007,2\n7,3\n7.0,1\nｂｏ,2\nannette,1\n70,2\n"
    )
    (sample,) = of(seen)["alike-ids"].samples
    groups = {frozenset(row[0].split("  ·  ")) for row in sample.rows}
    assert groups == {
        frozenset({"'ann'", "'Ann'", "'ANN'"}),
        frozenset({"'bo'", "'ｂｏ'"}),
        frozenset({"'007'", "'7'", "'7.0'"}),
    }
    assert seen.ratings.n_users == 10  # kept apart all the same


def test_a_header_in_the_middle_is_told(look):
    found = of(look("user,item,rating\n1,2,3\n2,3,4\nuser,item,rating\n4,3,5\n"))
    assert found["unreadable"].samples[0].rows == (("4", "user", "item", "rating"),)


def test_a_suspected_robot_is_not_told_twice(look):
    bot = "".join(f"bot,{n},{n % 5 + 1},{1_400_000_000 + n}\n" for n in range(1, 200))
    people = "".join(f"u{n},{n % 50 + 1},3,1400000000\n" for n in range(400))
    seen = look("user,item,rating,timestamp\n" + bot + people)
    assert {"robots"} <= of(seen).keys()
    assert of_people.one_voice(seen) is None


def test_zeros_among_impossible_ratings_are_explained(look):
    rows = "".join(f"v{n},i1,{bad},1400000000\n" for n, bad in enumerate((50, 0)))
    found = of(look(CLEAN + rows))["off-the-scale"]
    assert "Among them: 0, 50. 1 of them is 0, which often stands for “not rated”." in found.what


def test_letters_that_are_right_are_not_called_garbled(look):
    seen = look("user,item,title\n1,2,São Paulo\n2,3,Amélie\n3,4,irmã» e âge\n4,5,ÃO\n")
    assert "garbled-titles" not in of(seen)


def test_notices(look):
    seen = look("\ufeffuser;item;rating\r\n007;1.0;4,5\r\n008;2.0;3\r\n")
    assert page.examine(seen).notices == [
        "The file begins with a byte-order mark, which is no part of the first name.",
        "Its lines end in CRLF, as some systems write them.",
        "Its values are separated by semicolons.",
        "Its ratings have decimal commas.",
        "2 user ids with a zero in front. Ids are text here, so the zeros are kept; a spreadsheet "
        "would drop them.",
        "Its item ids end in .0, as pandas writes whole numbers beside gaps.",
    ]


def test_lines_that_end_in_two_ways(look):
    assert page.examine(look("user,item\r\n1,2\n2,2\n")).notices == [
        "Its lines end in different ways (1 CRLF, 2 LF)."
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.00001, "under 0.1 %"), (0.0123, "1.2 %"), (0.0996, "10 %"), (0.5, "50 %"),
     (0.996, "99.6 %"), (0.99999, "over 99.9 %"), (1, "100 %")],
)  # fmt: skip
def test_shares_in_words(share, said):
    assert findings.percent(share).replace("\u00a0", " ") == said
