"""A double of the few hub endpoints that `datasets` asks, serving one dataset repository from a folder.

Run as a program, it prints its address and serves until its standard input closes.
"""

import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Double(ThreadingHTTPServer):
    """The server and the repository it plays."""

    def __init__(self, folder, repo, revision):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.repo, self.revision = Path(folder), repo, revision
        self.daemon_threads = True

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._route()

    def do_GET(self):
        self._route()

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        self._route(self.rfile.read(length))

    def _route(self, body=b""):
        double = self.server
        path = unquote(urlsplit(self.path).path)
        api = f"/api/datasets/{double.repo}"
        if path.startswith(f"/datasets/{double.repo}/resolve/"):
            revision, _, name = path.removeprefix(f"/datasets/{double.repo}/resolve/").partition("/")
            return self._file(revision, name)
        if not path.startswith(api):
            return self._error(404, "RepoNotFound")
        verb, _, rest = path.removeprefix(api).lstrip("/").partition("/")
        revision, _, below = rest.partition("/")
        if rest and revision not in ("main", double.revision):
            return self._error(404, "RevisionNotFound")
        if verb == "tree":
            return self._json(self._entries(below))
        if verb == "paths-info":
            names = json.loads(body)["paths"] if body.startswith(b"{") else []
            return self._json([self._entry(double.folder / name) for name in names if (double.folder / name).exists()])
        return self._json({"id": double.repo, "sha": double.revision, "siblings": [], "private": False, "tags": []})

    def _entries(self, below):
        top = self.server.folder / below
        return [self._entry(path) for path in sorted(top.rglob("*"))] if top.is_dir() else []

    def _entry(self, path):
        name = path.relative_to(self.server.folder).as_posix()
        if path.is_dir():
            return {"type": "directory", "path": name, "oid": "0" * 40, "size": 0}
        data = path.read_bytes()
        return {"type": "file", "path": name, "oid": hashlib.sha1(data).hexdigest(), "size": len(data)}

    def _file(self, revision, name):
        path = self.server.folder / name
        if revision not in ("main", self.server.revision):
            return self._error(404, "RevisionNotFound")
        if not path.is_file():
            return self._error(404, "EntryNotFound")
        data = path.read_bytes()
        tag = hashlib.sha1(data).hexdigest()
        return self._send(200, data, {"ETag": f'"{tag}"', "X-Repo-Commit": self.server.revision})

    def _json(self, value):
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _error(self, status, code):
        headers = {"X-Error-Code": code, "X-Error-Message": code, "X-Repo-Commit": self.server.revision}
        self._send(status, b"{}", headers)

    def _send(self, status, data, headers):
        start = self.headers.get("Range")
        if start and status == 200:
            first, _, last = start.removeprefix("bytes=").partition("-")
            whole = len(data)
            end = min(int(last or whole - 1), whole - 1)
            headers = {**headers, "Content-Range": f"bytes {first}-{end}/{whole}"}
            data, status = data[int(first) : end + 1], 206
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


if __name__ == "__main__":
    with Double(*sys.argv[1:]) as double:
        print(double.address, flush=True)
        sys.stdin.read()
