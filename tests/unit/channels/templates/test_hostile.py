"""Templates that want out: nothing is in their reach, and the house outlives them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from tests.warm_children import PLAINLY

from huitou.channels.templates import shipped
from huitou.channels.templates.press import Pressed
from huitou.channels.templates.scribe import TOO_MUCH, Job, Scribe
from huitou.channels.templates.words import Written
from huitou.ground.errors import BadInput

VALUES = {"shop": {"name": "The Corner"}, "person": {"name": "Mei"}, "points": 12, "x": "abc"}


@pytest.fixture(scope="module")
def scribe() -> Iterator[Scribe]:
    """One whose child starts as it does in a shop, so that it can be looked at from outside."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("huitou.channels.templates.scribe.command", PLAINLY)
        with Scribe(patience=60.0, seconds=2) as made:
            yield made


def job(text: str, digest: str | None = None) -> Job:
    return Job(digest or text, "s", Pressed(text, ""), VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__ }}",
        "{{ x.__class__.__mro__[1].__subclasses__ }}",
        "{{ shop['__class__'] }}",
        "{{ shop.items }}",
        "{{ shop.keys }}",
        "{{ points.real }}",
        "{{ person.name.upper }}",
    ],
)
def test_nothing_of_an_object_but_its_values_is_in_reach(scribe: Scribe, text: str) -> None:
    (made,) = scribe.write([job(text)])
    assert isinstance(made, Written) and made.text.strip() == ""


@pytest.mark.parametrize(
    "text",
    [
        "{% include '/etc/passwd' %}",
        "{% include 'file:///etc/passwd' %}",
        "{% render '../../shop.toml' %}",
        "{% extends '/etc/passwd' %}",
        "{{ ''.__class__.__init__.__globals__ }}",
        "{{ x | safe }}",
        "{{ x | base64_decode }}",
        "{% case x %}{% when %}{% endcase",
        "{% case %}",
        "{% case x %}a{% when 'b' %}",
        "{% for %}{% endfor %}",
        "{{ x | replace }}",
        "{{ 'a' | append: }}",
        "{% assign = %}",
        "{% if x == %}{% endif %}",
        "{{ x | nosuchfilter }}",
        "{% raw",
        "{{",
    ],
)
def test_what_is_malformed_or_forbidden_is_said_in_words(scribe: Scribe, text: str) -> None:
    (made,) = scribe.write([job(text)])
    assert isinstance(made, str) or made.text in ("", "{{", "{% raw")


@pytest.mark.parametrize(
    "text",
    [
        "{{ (1..50000000) | join }}",
        "{{ (1..50000000) | join | size }}",
        "{% for i in (1..50000000) %}x{% endfor %}",
        "{% for i in (1..50000000) reversed %}x{% endfor %}",
        "{% for i in (1..9000) %}{% for j in (1..9000) %}x{% endfor %}{% endfor %}",
        "{{ 'a' " + "".join("| replace: 'a', 'aaaaaaaaaaaaaaaaaaaa' " for _ in range(12)) + "}}",
        "{% assign a = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}"
        + "{% assign a = a | append: a | append: a | append: a %}" * 14
        + "{{ a }}",
        "{% capture a %}xxxxxxxxxxxxxxxxxxxx{% endcapture %}"
        + "{% capture a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endcapture %}" * 14
        + "{{ a }}",
        "{{ 9999999999 | times: 9999999999 | times: 9999999999 }}",
        "{{ 'x' | truncate: 99999999999 }}{{ 1 | divided_by: 0 }}",
    ],
)
def test_what_never_ends_or_grows_without_end_is_cut_off(scribe: Scribe, text: str) -> None:
    (made, after) = scribe.write([job(text), job("{{ points }}", "good")])
    assert isinstance(made, str), made
    assert isinstance(after, Written) and after.text == "12", "others are written all the same"


def test_a_template_that_kills_its_writer_harms_no_other(scribe: Scribe) -> None:
    endless = "{% if (1..9000000000000) contains 'a' %}{% endif %}"
    jobs = [job("{{ x }}", "a"), job(endless), job("{{ points }}", "b"), job(endless)]
    began = time.monotonic()
    made = scribe.write(jobs)
    assert [each.text if isinstance(each, Written) else each for each in made] == [
        "abc", TOO_MUCH, "12", TOO_MUCH,
    ]  # fmt: skip
    assert time.monotonic() - began < 170


@pytest.mark.parametrize(
    "body",
    [
        "<mjml>" + "<mj-body>" * 100_000,
        "<mjml>" + "<mj-wrapper>" * 300 + "</mjml>",
        "<mjml><mj-body><mj-include path='/etc/passwd' /></mj-body></mjml>",
        "<mjml><mj-body><x",
        "<mjml>{{ shop.name }}</mjml>",
        "x" * 1_000_000,
    ],
)
def test_a_document_that_breaks_the_press_is_refused(scribe: Scribe, body: str) -> None:
    with pytest.raises(BadInput):
        made = scribe.press("email", "s", body, shipped.frame("en"))
        scribe.unknown("s", made, [])


def test_what_a_customer_is_called_is_never_markup(scribe: Scribe) -> None:
    made = scribe.press("email", "Hi", "Hello {{ person.name }}", shipped.frame("en"))
    values = {**VALUES, "person": {"name": "<script>alert(1)</script>"}}
    (written,) = scribe.write([Job("names", "Hi", made, values)])
    assert isinstance(written, Written)
    assert "<script>" not in written.html and "&lt;script&gt;" in written.html


def test_places_survive_the_press_in_text_and_in_addresses(scribe: Scribe) -> None:
    body = "# Hi {{ x }}\n\nA & B < C\n\n[Go]({{ link }})\n\n{% if points > 3 %}many{% endif %}"
    made = scribe.press("email", "{{ x }}", body, shipped.frame("en"))
    values = {**VALUES, "link": "https://a.example/?b=1&c=2"}
    (written,) = scribe.write([Job("places", "{{ x }}", made, values)])
    assert isinstance(written, Written) and written.subject == "abc"
    assert 'href="https://a.example/?b=1&amp;c=2"' in written.html
    assert "A &amp; B &lt; C" in written.html and "many" in written.html
    assert "Go: https://a.example/?b=1&c=2" in written.text and "A & B < C" in written.text


def test_unknown_places_are_named_before_anybody_gets_them(scribe: Scribe) -> None:
    body = (
        "{{ person.name }} {{ person.age }} {{ pionts }} {% for p in things %}{{ p.a }}{% endfor %}"
    )
    made = scribe.press("email", "{{ shop.name }}", body, shipped.frame("en"))
    allowed = (*shipped.SHARED, "points")
    assert scribe.unknown("{{ shop.name }}", made, allowed) == ["person.age", "pionts", "things"]


def test_the_writer_knows_no_secret_and_writes_no_file(scribe: Scribe) -> None:
    child = scribe._running()
    with open(f"/proc/{child.pid}/environ", "rb") as file:
        names = {each.split(b"=")[0] for each in file.read().split(b"\0") if each}
    assert names <= {b"PYTHONPATH", b"PYTHONHASHSEED", b"PYTHONIOENCODING", b"LANG", b"LC_CTYPE"}
    with open(f"/proc/{child.pid}/limits", encoding="ascii") as file:
        limits = file.read()
    assert "Max file size             0" in limits
