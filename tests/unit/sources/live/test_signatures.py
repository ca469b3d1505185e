"""A signature that is right opens, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.sources.live import signatures

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())


def stripe_of(raw: bytes, secret: str, at: int) -> str:
    made = hmac.new(secret.encode(), b"%d." % at + raw, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def test_known_answers() -> None:
    """Made by openssl (`dgst -sha256 -hmac hush`) and md5sum."""
    told = b'{"id":1}'
    in_base64 = "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY="
    in_hex = "8e2731b557b740ced26d5959c4d6ee2d023f049406ede8c372844b1fc00eff6d"
    assert signatures.hmac_base64(told, in_base64, "hush")
    assert signatures.stripe(told, f"t={AT},v1={in_hex},v0=ignored", "hush", NOW)
    assert signatures.youzan(told, "73fa63bd1076e72c2fc08e1e654e3914", "app:hush")


@given(raw=st.binary(max_size=40), secret=st.text(min_size=1, max_size=9), at=st.integers(0, 39))
def test_what_is_signed_opens_and_another_byte_does_not(raw: bytes, secret: str, at: int) -> None:
    made = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    other = bytearray(raw or b"x")
    other[at % len(other)] ^= 1
    assert signatures.hmac_base64(raw, made, secret)
    assert not signatures.hmac_base64(bytes(other), made, secret)
    assert not signatures.hmac_base64(raw, made, secret + "x")
    signed = stripe_of(raw, secret, AT)
    assert signatures.stripe(raw, signed, secret, NOW)
    assert not signatures.stripe(bytes(other), signed, secret, NOW)


@pytest.mark.parametrize("late", [-301, 301, 86_400])
def test_stripe_signs_a_moment_that_must_be_near(late: int) -> None:
    signed = stripe_of(b"{}", "hush", AT)
    assert signatures.stripe(b"{}", signed, "hush", NOW + timedelta(seconds=299))
    assert not signatures.stripe(b"{}", signed, "hush", NOW + timedelta(seconds=late))


def test_stripe_may_show_two_while_its_secret_is_changed() -> None:
    right = stripe_of(b"{}", "hush", AT)
    assert signatures.stripe(b"{}", right.replace(",v1=", ",v1=00ff,v1="), "hush", NOW)


def test_youzan_signs_with_both_its_id_and_its_secret() -> None:
    made = hashlib.md5(b"app" + b"{}" + b"hush").hexdigest()
    assert signatures.youzan(b"{}", made, "app:hush")
    assert signatures.youzan(b"{}", made.upper(), "app:hush")
    assert not signatures.youzan(b"{ }", made, "app:hush")
    assert not signatures.youzan(b"{}", hashlib.md5(b"app{}").hexdigest(), "app:")


@given(shown=st.text(max_size=60))
def test_nothing_that_is_shown_breaks_it(shown: str) -> None:
    assert not signatures.hmac_base64(b"{}", shown, "hush")
    assert not signatures.stripe(b"{}", shown, "hush", NOW)
    assert not signatures.youzan(b"{}", shown, "app:hush")
