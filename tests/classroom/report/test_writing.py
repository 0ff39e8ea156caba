"""Where a report goes: never onto what is no report, and never half."""

import os
from pathlib import Path

import pytest

from recsys_course.classroom.report.writing import MARK, target_for, write_report

PAGE = f"<!doctype html><head>{MARK}</head>"


def test_the_page_has_the_name_of_the_file_and_lies_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert target_for(Path("data/my ratings.csv")) == Path("my ratings-report.html")


def test_it_may_be_named(tmp_path):
    assert target_for(Path("a.csv"), tmp_path / "b.html") == tmp_path / "b.html"


def test_what_is_no_report_is_not_replaced(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("<html>my diary</html>", "utf-8")
    with pytest.raises(ValueError, match=r"page\.html exists and is no report of this course"):
        target_for(Path("a.csv"), target)
    with pytest.raises(ValueError, match="written by something else in the meantime"):
        write_report(target, PAGE)
    assert target.read_text("utf-8") == "<html>my diary</html>"


def test_the_data_themselves_are_not_replaced(tmp_path):
    data = tmp_path / "ratings.csv"
    data.write_text("user,item\n1,2\n", "utf-8")
    with pytest.raises(ValueError, match="is no report"):
        target_for(data, data)


def test_an_earlier_report_is_replaced_and_it_is_said(tmp_path):
    target = tmp_path / "page.html"
    assert write_report(target, PAGE) is False
    assert write_report(target_for(Path("a.csv"), target), PAGE + "2") is True
    assert target.read_text("utf-8") == PAGE + "2"
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


def test_a_page_is_whole_or_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "page.html"
    write_report(target, PAGE)

    def no_space(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_report(target, PAGE + "2")
    assert target.read_text("utf-8") == PAGE
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_is_no_page(tmp_path):
    with pytest.raises(ValueError, match="is a folder; name a file in it"):
        target_for(Path("a.csv"), tmp_path)


def test_a_folder_that_is_not_there_is_said_before_any_work(tmp_path):
    with pytest.raises(FileNotFoundError, match="its folder does not exist"):
        target_for(Path("a.csv"), tmp_path / "none" / "b.html")
