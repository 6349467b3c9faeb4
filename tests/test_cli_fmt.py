"""`claimgraph fmt`: files are laid out, or named, or shown, and never half written."""

import io
import sys

import pytest

from claimgraph.cli import main

LOOSE = "@prefix : <http://e/#> .\n:a a :C;:p 1 ;\n:q 2 . # why\n"
TIDY = "@prefix : <http://e/#> .\n\n:a a :C ;\n    :p 1 ;\n    :q 2 . # why\n"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "a.ttl"
    path.write_text(LOOSE, encoding="utf-8")
    return path


def test_lays_out_the_files_of_a_folder_and_keeps_their_permissions(file, capsys):
    file.chmod(0o640)
    assert main(["fmt", str(file.parent.parent)]) == 0
    assert file.read_text(encoding="utf-8") == TIDY
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]
    assert "1 files changed" in capsys.readouterr().err


def test_changes_nothing_the_second_time(file, capsys):
    main(["fmt", str(file)])
    assert main(["fmt", "--check", str(file)]) == 0
    assert capsys.readouterr().out == ""


def test_names_with_check_the_files_that_would_change(file, capsys):
    assert main(["fmt", "--check", str(file)]) == 1
    assert capsys.readouterr().out == f"{file}\n"
    assert file.read_text(encoding="utf-8") == LOOSE


def test_shows_with_diff_what_would_change(file, capsys):
    assert main(["fmt", "--diff", str(file)]) == 1
    shown = capsys.readouterr().out
    assert "-:a a :C;:p 1 ;\n" in shown
    assert "+:a a :C ;\n" in shown
    assert file.read_text(encoding="utf-8") == LOOSE


def test_goes_on_after_a_file_that_is_no_turtle_and_names_its_place(file, capsys):
    bad = file.with_name("0.ttl")
    bad.write_bytes(b":a .")
    latin = file.with_name("1.ttl")
    latin.write_bytes(b"# caf\xe9")
    assert main(["fmt", str(file.parent)]) == 1
    shown = capsys.readouterr().err
    assert f"{bad}:1:1" in shown
    assert f"{latin}:1:1 byte 0xE9 is not UTF-8" in shown
    assert file.read_text(encoding="utf-8") == TIDY
    assert bad.read_bytes() == b":a ."


def test_lays_out_standard_input_to_standard_output(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOOSE.encode())))
    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == TIDY


def test_finds_the_shipped_dataset_laid_out():
    assert main(["fmt", "--check"]) == 0
