"""Answers the docker client on a socket, and writes down what it asks for when it creates a container.

It stands in for the daemon alone: the file of variables is read by the client.
"""

import http.server
import os
import socketserver
import sys

SOCKET, REQUEST = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.answer(b"OK")

    do_GET = do_HEAD

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        with open(REQUEST, "wb") as file:
            file.write(self.rfile.read(length))
        self.answer(b'{"Id": "0123456789abcdef", "Warnings": []}', 201)

    def address_string(self):
        return "client"

    def log_message(self, *_):
        pass


class Server(socketserver.UnixStreamServer):
    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("client", 0)


server = Server(SOCKET + ".new", Handler)
os.rename(SOCKET + ".new", SOCKET)
for _ in range(8):
    server.handle_request()
