"""Workers: what a piece of work has made does not outlive it, and what they inherit."""

import gc
import weakref

from lab import processes


class Model:
    """A model whose agents hold it, as Mesa's do."""

    def __init__(self) -> None:
        self.agents = [self]


def test_models_made_by_a_piece_of_work_are_let_go_at_once():
    made = []

    def piece(months: int) -> int:
        made.append(weakref.ref(Model()))
        return months

    gc.disable()
    try:
        assert processes.tidily(piece, 3) == 3
        assert made[0]() is None
    finally:
        gc.enable()


def test_workers_inherit_large_pages_and_this_process_does_not_keep_them(monkeypatch):
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=0")
    with processes._large_pages():
        assert processes.os.environ["GLIBC_TUNABLES"] == "glibc.malloc.check=0:glibc.malloc.hugetlb=1"
    assert processes.os.environ["GLIBC_TUNABLES"] == "glibc.malloc.check=0"
