"""Starting a thread in a process that is not ours: it takes none of the program's signals, and a sub-interpreter gets none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["in_main_interpreter", "start_shielded"]

# Part of every interpreter, and loaded before any code of ours: the module ``signal`` around it would import ``enum``.
_signals = __import__("_signal")
_NO_FILE = 2**31 - 1
# Raised by the processor in the thread that erred: blocked, they would kill without the report of a fault handler.
_OF_A_CRASH = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS")


def start_shielded(start: Callable[[], object]) -> None:
    """Call ``start`` with all signals blocked, which the thread it starts inherits.

    A program that blocks SIGTERM and waits for it with ``sigwait`` would die of it in a thread that does not block it: seen.
    """
    if not hasattr(_signals, "pthread_sigmask"):
        start()
        return
    taken = _signals.valid_signals() - {getattr(_signals, name, None) for name in _OF_A_CRASH}
    before = _signals.pthread_sigmask(_signals.SIG_BLOCK, taken)
    try:
        start()
    finally:
        _signals.pthread_sigmask(_signals.SIG_SETMASK, before)


def in_main_interpreter() -> bool:
    """Whether a thread may be started: the end of a sub-interpreter that has one kills the process, driver and all: seen."""
    try:
        # Asks for nothing: only the main interpreter's main thread comes as far as finding that there is no such file.
        _signals.set_wakeup_fd(_NO_FILE)
    except OSError:
        return True
    except ValueError:
        return _is_main_by_name()
    return False


def _is_main_by_name() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters = __import__(name)
            own, main = interpreters.get_current(), interpreters.get_main()
        except (ImportError, AttributeError):
            continue
        # From 3.13 on, each is a pair of an id and who made it.
        return bool((own[0] == main[0]) if isinstance(own, tuple) else (own == main))
    return False
