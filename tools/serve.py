"""Serve the built book on 127.0.0.1, after building it if that is needed.

python tools/serve.py 8000
"""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import build


class Handler(SimpleHTTPRequestHandler):
    """Files of the built book; only what goes wrong is worth a line."""

    # Said here because a machine's own table may call a module text/plain, and browsers then refuse it.
    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
    }

    def log_request(self, code="-", size="-"):
        pass

    def log_error(self, format, *args):
        # A reader who leaves a page early is no error.
        if args and str(args[0]) == "404":
            sys.stderr.write(f"not found: {self.path}\n")


class Server(ThreadingHTTPServer):
    """A server that ends with its process, whatever browsers still hold open."""

    daemon_threads = True
    allow_reuse_address = True


def server(port, site: Path = build.SITE):
    """A server of the folder `site` on 127.0.0.1; port 0 takes a free one."""
    return Server(("127.0.0.1", port), lambda *args: Handler(*args, directory=str(site)))


def main(argument):
    if not (argument.isdecimal() and 0 < int(argument) < 65536):
        return f"PORT is a number from 1 to 65535, not {argument!r}."
    port = int(argument)
    try:
        # Before the build, so that nobody waits for a book that then cannot be shown.
        web = server(port)
    except OSError as error:
        return (
            f"Port {port} cannot be used ({error.strerror}): stop the program that holds it, "
            f"or take another with `make serve PORT={port + 1 if port < 65535 else 8000}`."
        )
    with web:
        if not build.build():
            return 1
        print(f"The book is at http://127.0.0.1:{port}/ (Ctrl-C stops it)", flush=True)
        try:
            web.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
