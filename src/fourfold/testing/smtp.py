"""A server for e-mail that keeps what it is sent, or refuses it, for tests of whatever sends."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine. `refuses` is the line it answers a message with instead of taking it.

    With `drops` it takes a message and hangs up without saying so; with `hangs` it answers nobody.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages: list[EmailMessage] = []
        self.refuses = ""
        self.drops = self.hangs = False
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """The value of FOURFOLD_EMAIL_URL that sends here."""
        return f"smtp://127.0.0.1:{self.server_address[1]}?tls=no"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mailbox that listens until the end of the block."""
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()


class _Talk(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as sending one message takes."""

    def handle(self) -> None:
        """Answer line by line."""
        if cast(Mailbox, self.server).hangs:
            cast(Mailbox, self.server).closing.wait(30)
            return None
        self._say("220 mailbox")
        for line in self.rfile:
            word = line.decode("ascii", "replace").split(" ")[0].strip().upper()
            if word == "DATA":
                self._take()
                if cast(Mailbox, self.server).drops:
                    return None
            elif word == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _take(self) -> None:
        server = cast(Mailbox, self.server)
        self._say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if not server.refuses:
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            server.messages.append(message)
        if not server.drops:
            self._say(server.refuses or "250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
