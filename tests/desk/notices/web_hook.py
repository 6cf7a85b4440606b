"""An HTTP endpoint as a process of its own: keeps what is posted in a file, and answers what it is told to answer."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class WebHook:
    path: Path
    port: int

    def become(self, status: int) -> None:
        self.path.with_suffix(".mode").write_text(str(status), "utf-8")

    @property
    def posts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()] if self.path.exists() else []


@contextlib.contextmanager
def web_hook(folder: Path) -> Iterator[WebHook]:
    path = folder / "posts"
    path.with_suffix(".mode").write_text("200", "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.desk.notices.web_hook", str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield WebHook(path, int(process.stdout.readline()))
        finally:
            process.kill()


def main(path: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            with path.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"path": self.path, "body": body}) + "\n")
            self.send_response(int(path.with_suffix(".mode").read_text("utf-8")))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
