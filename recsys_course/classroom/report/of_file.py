"""What is odd about the file itself: lines that are no rows, names, letters, columns of no use."""

from __future__ import annotations

from recsys_course.classroom.report.findings import (
    Finding,
    Sample,
    counted,
    first_of,
    percent,
    sample,
)
from recsys_course.classroom.report.looking import Look, matches

__all__ = ["CHECKS"]

_MOST_TEXT = 120  # characters of a broken line
_SPREADSHEET = r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+"
_GARBLED = r"(?s:.*)(Ã[\x80-\xbf€-™¡-¿]|â€|\ufffd)(?s:.*)"


def broken_lines(look: Look) -> Finding | None:
    """Lines with too many or too few values, or with quotation marks that do not match."""
    broken = look.raw.broken
    if not broken:
        return None
    rows = tuple((str(one.line), one.text[:_MOST_TEXT], one.reason) for one in broken[:5])
    share = len(broken) / look.n_lines
    again = sum(
        one.text.split(look.raw.form.separator) == list(look.raw.frame.columns) for one in broken
    )
    more = f" {again:,} of them repeat the names of the columns." if again else ""
    return Finding(
        "broken-lines",
        f"{counted(len(broken), 'line')} could not be read as a row",
        3 if share > 0.01 else 2,
        share,
        "A line must hold one value for each column. A separator inside a title that is not in "
        f"quotation marks is the usual cause, and a file that was cut off the next.{more}",
        "Left out.",
        "Put quotation marks around texts that hold the separator, or export the file anew.",
        (Sample(first_of(len(broken), "line"), ("line", "text", "what is wrong"), rows),),
    )


def no_names(look: Look) -> Finding | None:
    """A first line that is a rating already."""
    if look.raw.form.has_names:
        return None
    names = list(look.raw.frame.columns)
    return Finding(
        "no-names",
        "The first line does not name the columns",
        3,
        1.0,
        "Nothing in the file says which column is which. If users and items are swapped, every "
        "figure below is about something else.",
        f"Read in the usual order: {', '.join(names)}.",
        f"Look at the rows below; then put a first line such as {','.join(names)} above them.",
        (sample(look.raw.frame, "The first rows, as they were understood"),),
        "interactions",
    )


def other_letters(look: Look) -> Finding | None:
    """Letters that are not stored as UTF-8."""
    encoding = look.raw.form.encoding
    if encoding == "UTF-8":
        return None
    guess = encoding == "Windows-1252"
    return Finding(
        "letters",
        f"The file is not UTF-8 but {encoding}" + (", as far as one can tell" if guess else ""),
        2 if guess else 1,
        1.0,
        "A file does not say how its letters are stored. Read wrongly, é becomes Ã©, and one id "
        "becomes two.",
        f"Read as {encoding}.",
        "Save it as “CSV UTF-8”; other commands of the course ask for that.",
    )


def repeated_names(look: Look) -> Finding | None:
    """A name that stands above several columns."""
    repeated = look.raw.repeated
    if not repeated:
        return None
    return Finding(
        "repeated-names",
        f"{counted(len(repeated), 'name')} of columns stood twice: {', '.join(repeated)}",
        2,
        len(repeated) / len(look.raw.frame.columns),
        "Which of the two columns is meant cannot be known.",
        "The first one was used.",
        "Rename or delete one of them.",
    )


def useless_ratings(look: Look) -> Finding | None:
    """A column of ratings that are no numbers."""
    return _useless(look, "rating", "rating", "Every row counts as a choice.")


def useless_times(look: Look) -> Finding | None:
    """A column of times that are none."""
    done = "The report does without times: of two ratings of a pair the lower line is the newer."
    return _useless(look, "timestamp", "time", done)


def _useless(look: Look, role: str, what: str, done: str) -> Finding | None:
    if role not in look.ignored:
        return None
    missed = look.unreadable[role] | look.absent[role]
    name = look.raw.names[role]
    advice = (
        "Write times as 2009-12-14T02:52:24, or as whole seconds since 1970."
        if role == "timestamp"
        else "Turn the words into numbers, or name the right column with `--rating-column`."
    )
    return Finding(
        f"useless-{role}",
        f"The column “{name}” holds no {what} that can be read in {percent(missed.mean())} of the "
        "rows",
        3,
        float(missed.mean()),
        f"Too many rows have nothing there, or something that is no {what}, to leave those out.",
        done,
        advice,
        (look.examples(look.rows.index[missed]),),
        "interactions",
    )


def spreadsheet_ids(look: Look) -> Finding | None:
    """Ids that a spreadsheet turned into 1.23E+12."""
    hit = matches(look.rows["user"], _SPREADSHEET) | matches(look.rows["item"], _SPREADSHEET)
    if not hit.any():
        return None
    return Finding(
        "spreadsheet-ids",
        f"{counted(int(hit.sum()), 'row')} with an id such as 1.23E+12",
        3,
        float(hit.mean()),
        "A spreadsheet has rounded long numbers. Different ids became one, and what they were "
        "cannot be told any more.",
        "Kept as they are.",
        "Export the ids again, as text.",
        (look.examples(look.rows.index[hit]),),
    )


def garbled_titles(look: Look) -> Finding | None:
    """Titles whose letters were read wrongly once."""
    if "title" not in look.rows:
        return None
    hit = matches(look.rows["title"], _GARBLED)
    if not hit.any():
        return None
    which = look.rows[hit].drop_duplicates("title")
    return Finding(
        "garbled-titles",
        f"{counted(len(which), 'title')} with garbled letters, such as Ã©",
        1,
        float(hit.mean()),
        "Somebody read the letters in the wrong encoding and saved them so.",
        "Shown as they are; models do not read titles.",
        "Take the titles from the source again.",
        (look.examples(which.index, "title"),),
    )


CHECKS = {
    "lines that are no rows": broken_lines,
    "a first line without names": no_names,
    "letters that are not UTF-8": other_letters,
    "column names that stand twice": repeated_names,
    "ratings that are no numbers": useless_ratings,
    "times that cannot be read": useless_times,
    "ids that a spreadsheet rounded": spreadsheet_ids,
    "garbled letters in titles": garbled_titles,
}
