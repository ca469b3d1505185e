"""What connects by itself: sites and servers of the Segment convention, and shops that sign.

A shop's provider keeps three promises: `signed` judges the bytes, `topic` says what they are
about, `parts` reads them. One file each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said
from huitou.sources.live import shopify, stripe, woocommerce, youzan
from huitou.sources.live.signatures import Headers
from huitou.sources.live.told import Part

SERVER, BROWSER = "server", "browser"
"""Kinds of write keys: one that is secret, and one that stands in a page anybody can read."""


@dataclass(frozen=True)
class Provider:
    """A shop system that sends signed messages."""

    name: str
    title: Sentence
    signed: Callable[[bytes, Headers, str, datetime], bool]
    topic: Callable[[Headers, Mapping[str, Any]], str]
    parts: Callable[[str, Mapping[str, Any], datetime], Iterator[Part]]
    secret: Sentence
    """Where its secret is found."""
    greets: bytes | None = None
    """How it knocks without a signature when it is set up; answered, and not kept."""


PROVIDERS: Registry[Provider] = Registry("provider")
for _each in (
    Provider(
        "shopify", said("Shopify"), shopify.signed, shopify.topic, shopify.parts,
        said("Settings, Notifications, Webhooks: “signed with …”"),
    ),
    Provider(
        "woocommerce", said("WooCommerce"), woocommerce.signed, woocommerce.topic,
        woocommerce.parts, said("Settings, Advanced, Webhooks: the field “Secret”"),
        greets=b"webhook_id=",
    ),
    Provider(
        "stripe", said("Stripe"), stripe.signed, stripe.topic, stripe.parts,
        said("Developers, Webhooks: the “signing secret”, whsec_…"),
    ),
    Provider(
        "youzan", said("Youzan"), youzan.signed, youzan.topic, youzan.parts,
        said("Console of the app: client_id and client_secret, with a colon between"),
    ),
):  # fmt: skip
    PROVIDERS.add(_each)

KINDS: Mapping[str, Sentence] = {
    SERVER: said("A server or app, by a secret write key"),
    BROWSER: said("A web page, by a write key anybody can read: visits, no orders"),
    **{each.name: each.title for each in PROVIDERS.values()},
}
"""What can be connected, in words."""


@dataclass(frozen=True)
class Connection:
    """A shop, site or app that tells us by itself."""

    id: str
    kind: str
    name: str
    source: str
    """Order numbers are unique within a source; two connections of one shop share it."""
    secret_env: str | None
    """Name of the environment variable that holds the secret of a shop's signature."""
    made_at: datetime
    ended_at: datetime | None = None

    @property
    def is_key(self) -> bool:
        """Whether it shows a write key, and no signature."""
        return self.kind in (SERVER, BROWSER)
