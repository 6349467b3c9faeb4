"""Allocators of the system: taken where they are, left out where they are not."""

import os
import subprocess
import sys

import pytest

from claimgraph.engine import allocator
from claimgraph.engine.allocator import LOADING, LOOKING_UP, preloaded

_SHOWN = """
import ctypes
from claimgraph.reason import give_memory_back
give_memory_back()
print(hasattr(ctypes.CDLL(None), "mi_collect"), open("/proc/self/maps").read())
"""


def test_without_the_library_the_environment_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(allocator, "_library", lambda _: None)
    assert preloaded(LOADING) == {}


def test_what_is_preloaded_already_stays(monkeypatch):
    monkeypatch.setattr(allocator, "_library", lambda name: f"lib{name}.so.9")
    monkeypatch.delenv("LD_PRELOAD", raising=False)
    assert preloaded(LOADING) == {"LD_PRELOAD": f"lib{LOADING}.so.9"}
    monkeypatch.setenv("LD_PRELOAD", "libother.so")
    assert preloaded(LOADING) == {"LD_PRELOAD": f"libother.so lib{LOADING}.so.9"}


@pytest.mark.parametrize("name", [LOADING, LOOKING_UP])
def test_a_program_has_the_library_from_its_start(name):
    wanted = preloaded(name)
    if not wanted:
        pytest.skip(f"the system has no {name}")
    shown = [sys.executable, "-c", _SHOWN]
    done = subprocess.run(shown, env=os.environ | wanted, capture_output=True, text=True, check=True)
    assert f"lib{name}" in done.stdout
    assert done.stdout.startswith("True") == (name == LOADING)  # which give_memory_back() asks for what is free
    assert not done.stderr  # where the loader cannot take a library, it says so there
