"""The server's process, which `fourfold serve` becomes: granian, heeding signals from its first moment on.

Left alone, granian answers Ctrl C with a traceback while it is loading, and a worker that is loading hears neither
Ctrl C nor a request to end, for which the main process would wait for ever.
"""

from __future__ import annotations

import os
import signal


def leave_signals_to_main() -> None:
    """Until a worker serves, Ctrl C is for the main process, and the worker ends when that tells it to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def main() -> None:
    """Hand over to granian, with the arguments of the command line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # held back since before this process was another
    os.register_at_fork(after_in_child=leave_signals_to_main)
    from granian.cli import entrypoint

    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":  # a worker where Python starts them anew instead of forking
    leave_signals_to_main()
