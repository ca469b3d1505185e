"""The channels by which a word leaves the shop: the one list, from which all others derive."""

from __future__ import annotations

from collections.abc import Mapping

from huitou.ground.words import Sentence, said

CHANNELS: Mapping[str, Sentence] = {
    "email": said("E-mail"),
    "sms": said("Text message"),
    "wecom": said("WeCom"),
    "wechat": said("WeChat"),
    "webhook": said("Your own program"),
    "paper": said("Letter"),
    "call": said("Phone call"),
}
"""Channel -> what people call it, in the order in which channels are listed."""

PEOPLE: Mapping[str, Sentence] = {
    channel: words for channel, words in CHANNELS.items() if channel != "webhook"
}
"""Those that reach the customer; a webhook tells another machine of the shop."""

SHORT = ("sms", "wecom", "wechat")
"""Those that carry a few words, to the phone in somebody's hand."""

TIMED = ("email", *SHORT)
"""Those that reach somebody at the moment of hand-over. A letter lies in a box, and a list of calls
on a desk."""

ANY = "any"
"""Every channel that reaches the customer."""

CHANNEL_NAMES: Mapping[str, Sentence] = {**CHANNELS, ANY: said("Every channel")}
"""What people call a channel, or all of them."""
