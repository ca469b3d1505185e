"""The way out to a model outside: where it may lead, and what it does with strange answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from huitou.channels.outside import LARGEST_ANSWER, NoAnswer, Outside
from huitou.ground.errors import Refused


class Fake(ThreadingHTTPServer):
    """A model that answers what the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.answer: bytes = b"{}"
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def says(self, content: Any) -> None:
        told = {"choices": [{"message": {"role": "assistant", "content": content}}]}
        self.answer = json.dumps(told).encode()


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("location", f"{self.server.url}/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def fake() -> Iterator[Fake]:
    server = Fake()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_is_asked_the_way_such_models_are(fake: Fake) -> None:
    fake.says("price")
    assert Outside(fake.url, "small", key="k3y").ask("sort", "太贵") == "price"
    path, headers, body = fake.asked[0]
    assert path == "/v1/chat/completions" and headers["authorization"] == "Bearer k3y"
    assert headers["host"] == f"127.0.0.1:{fake.server_port}"
    assert [each["content"] for each in body["messages"]] == ["sort", "太贵"]


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b"[]", b'{"choices": []}', b"\xff", b'{"choices": [{"message": 3}]}']
)
def test_a_strange_answer_is_no_answer(fake: Fake, answer: bytes) -> None:
    fake.answer = answer
    with pytest.raises(NoAnswer):
        Outside(fake.url, "small").ask("sort", "x")


def test_an_endless_answer_is_cut_off(fake: Fake) -> None:
    fake.answer = b" " * (LARGEST_ANSWER + 1)
    with pytest.raises(NoAnswer, match="too much"):
        Outside(fake.url, "small").ask("sort", "x")


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_redirect_is_not_followed_and_an_error_is_no_answer(fake: Fake, status: int) -> None:
    fake.status = status
    with pytest.raises(NoAnswer, match=str(status)):
        Outside(fake.url, "small").ask("sort", "x")
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("http://model.example/v1", "93.184.216.34"),
        ("https://model.example/v1", "10.0.0.5"),
        ("https://model.example/v1", "127.0.0.1"),
        ("https://model.example/v1", "169.254.169.254"),
        ("https://model.example/v1", "100.64.0.1"),
        ("https://model.example/v1", "224.0.0.1"),
        ("https://model.example/v1", "::1"),
        ("https://model.example/v1", "fd00::1"),
        ("https://model.example/v1", "::ffff:10.0.0.5"),
        ("https://model.example/v1", "64:ff9b::a00:5"),
        ("https://model.example/v1", "2002:a00:5::1"),
        ("https://user:pass@model.example/v1", "93.184.216.34"),
        ("ftp://model.example/v1", "93.184.216.34"),
        ("file:///etc/passwd", "93.184.216.34"),
    ],
)
def test_it_leads_nowhere_it_should_not(url: str, number: str) -> None:
    with pytest.raises(Refused):
        Outside(url, "m", resolve=lambda _host, _port: [number]).ask("sort", "x")


def test_one_bad_number_among_good_ones_is_enough() -> None:
    found = Outside("https://m.example/v1", "m", resolve=lambda *_: ["93.184.216.34", "10.0.0.5"])
    with pytest.raises(Refused):
        found.pinned("/x")


def test_a_host_of_the_own_network_is_called_only_where_it_is_named() -> None:
    def own(host: str) -> Outside:
        return Outside("https://ai.lan/v1", "m", private_host=host, resolve=lambda *_: ["10.0.0.5"])

    named = own("ai.lan")
    assert named.pinned("/chat") == ("https://10.0.0.5:443/v1/chat", "ai.lan")
    with pytest.raises(Refused, match="text_model_private_host"):
        own("other").pinned("/chat")
    meta = Outside(
        "https://ai.lan/v1", "m", private_host="ai.lan", resolve=lambda *_: ["127.0.0.1"]
    )
    with pytest.raises(Refused):
        meta.pinned("/chat")


def test_the_call_goes_to_the_number_that_was_looked_at() -> None:
    found = Outside("https://m.example:8443/v1", "m", resolve=lambda *_: ["93.184.216.34"])
    assert found.pinned("/c") == ("https://93.184.216.34:8443/v1/c", "m.example:8443")
