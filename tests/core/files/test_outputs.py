"""Where a command may write its result, and that a look at it changes nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.errors import InputError, RunError
from core.files import outputs

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def refused(path: Path) -> str:
    with pytest.raises(InputError) as found:
        outputs.check(path)
    assert found.value.at.file == str(path)
    return found.value.code


def test_a_new_file_is_not_left_behind(tmp_path: Path) -> None:
    outputs.check(tmp_path / "out.json")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("kept")
    before = path.stat().st_mtime_ns
    outputs.check(path)
    assert path.read_text() == "kept" and path.stat().st_mtime_ns == before


def test_folders_and_what_lies_in_none_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == "is-a-folder"
    assert refused(tmp_path / "no" / "out.json") == "no-folder"
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "out.json") == "no-folder"
    assert refused(tmp_path / ("x" * 500)) == "cannot-write"
    assert refused(tmp_path / "a\0b") == "cannot-write"


@POSIX
def test_what_may_not_be_written_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    path = tmp_path / "out.json"
    path.touch(mode=0o400)
    assert refused(path) == "cannot-write"
    tmp_path.chmod(0o500)
    assert refused(tmp_path / "new.json") == "cannot-write"
    tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
def test_a_folder_that_takes_no_files_is_refused() -> None:
    assert refused(Path("/proc/out.json")) == "cannot-write"


@POSIX
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """A pipe would wait for a reader, and tell one that there is nothing to come."""
    os.mkfifo(tmp_path / "pipe")
    outputs.check(tmp_path / "pipe")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_disk_that_fills_up_meanwhile_is_told() -> None:
    outputs.check(Path("/dev/full"))
    with pytest.raises(RunError) as found:
        outputs.write(Path("/dev/full"), "{}")
    assert found.value.code == "cannot-write" and "/dev/full" in str(found.value)


def test_what_is_written_is_there(tmp_path: Path) -> None:
    outputs.write(tmp_path / "out.json", "π\n")
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == "π\n"
