"""What we write: one text per act and language, as data.

Warm, plain, short. A letter names what is offered, until when, and the code; it never says that we
watched somebody leave. Places are `{named}`; a test fills every text with every place.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A subject and the paragraphs of a body, with `{named}` places."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Manners:
    """How a language greets, closes, and lists."""

    greeting: str
    """With `{name}`."""
    greeting_unnamed: str
    closing: str
    leave_alone: str
    between: str
    """What stands between two things of a list."""
    full_stop: str


PLACES = frozenset({"shop", "percent", "off", "until", "code", "usual", "most", "told", "mended"})
"""What a text may name. `off` is the reduction as the language says it: 10 % off, 9 折."""

MANNERS = {
    "en": Manners(
        greeting="Dear {name},",
        greeting_unnamed="Hello,",
        closing="With kind regards,",
        leave_alone=(
            "If you would rather not hear from us, tell us with one word and we will stop."
        ),
        between=", ",
        full_stop=".",
    ),
    "zh-Hans": Manners(
        greeting="{name}，您好：",
        greeting_unnamed="您好：",
        closing="祝好！",
        leave_alone="如果您不想再收到我们的来信，回复一声即可，我们不会再打扰您。",
        between="、",
        full_stop="。",
    ),
    "zh-Hant": Manners(
        greeting="{name}，您好：",
        greeting_unnamed="您好：",
        closing="敬祝　安好",
        leave_alone="若您不想再收到我們的來信，只要回覆一聲，我們就不再打擾您。",
        between="、",
        full_stop="。",
    ),
}

LETTERS: dict[tuple[str, str], Letter] = {
    ("thank", "en"): Letter(
        "Thank you from {shop}",
        (
            "Thank you for shopping with us. We are a shop because of customers like you, and"
            " wanted to say so once, without asking for anything.",
            "If something was not as it should have been, tell us: we will put it right.",
        ),
    ),
    ("thank", "zh-Hans"): Letter(
        "{shop} 想对您说声谢谢",
        (
            "感谢您一直以来的光顾。小店能走到今天，靠的就是像您这样的顾客。"
            "这封信没有别的意思，只想好好道一声谢。",
            "如果有哪里让您不满意，请一定告诉我们，我们马上改。",
        ),
    ),
    ("thank", "zh-Hant"): Letter(
        "{shop} 想跟您說聲謝謝",
        (
            "謝謝您一直以來的光顧。小店能走到今天，靠的就是像您這樣的顧客。"
            "這封信沒有別的用意，只想好好跟您道謝。",
            "若有任何地方讓您不滿意，請務必告訴我們，我們會馬上處理。",
        ),
    ),
    ("remind", "en"): Letter(
        "We thought of you",
        (
            "It has been a little while since your last visit to {shop}, and we thought of you."
            " {usual}",
            "Come by whenever it suits you. And if there was a reason you stayed away, we would"
            " honestly like to hear it.",
        ),
    ),
    ("remind", "zh-Hans"): Letter(
        "好久不见，想起您了",
        (
            "距您上次光临 {shop} 有一阵子了，我们很想念您。{usual}",
            "方便的时候来看看吧。如果是我们哪里做得不好，也请您直说，我们真心想听。",
        ),
    ),
    ("remind", "zh-Hant"): Letter(
        "好久不見，想起您了",
        (
            "距離您上次光臨 {shop} 有一陣子了，我們很想念您。{usual}",
            "方便的時候歡迎回來逛逛。如果是我們哪裡做得不好，也請您直說，我們真心想聽。",
        ),
    ),
    ("offer", "en"): Letter(
        "{off} for you at {shop}, until {until}",
        (
            "We would be glad to see you again at {shop}. {usual}",
            "Here is something for your next order, for you alone: {off} one order, {most} at"
            " most, until {until}.",
            "Your code: {code}",
            "It works once. Type it at the checkout or show it in the shop.",
        ),
    ),
    ("offer", "zh-Hans"): Letter(
        "送您一张{off}券，{until}前有效",
        (
            "好久不见，{shop} 盼着您再来。{usual}",
            "送您一张专属优惠：{until}前，任选一单享{off}，最多立减{most}。",
            "优惠码：{code}",
            "仅限使用一次，结账时输入或出示给店员即可。",
        ),
    ),
    ("offer", "zh-Hant"): Letter(
        "送您一張{off}優惠，{until}前有效",
        (
            "好久不見，{shop} 很期待您再來。{usual}",
            "送您一份專屬優惠：{until}前，任選一筆訂單享{off}，最高折抵{most}。",
            "優惠碼：{code}",
            "限用一次，結帳時輸入或出示給店員即可。",
        ),
    ),
    ("mended", "en"): Letter(
        "We have mended it",
        (
            "{told} We have put it right: {mended}",
            "Thank you for the word. Come and see for yourself whenever it suits you; and if it"
            " is still not as it should be, tell us again.",
        ),
    ),
    ("mended", "zh-Hans"): Letter(
        "问题改好了，跟您说一声",
        (
            "{told}我们已经改好了：{mended}",
            "谢谢您的提醒。方便的时候欢迎再来看看；如果还有不到位的地方，请您再告诉我们。",
        ),
    ),
    ("mended", "zh-Hant"): Letter(
        "問題改好了，跟您說一聲",
        (
            "{told}我們已經改好了：{mended}",
            "謝謝您的提醒。方便的時候歡迎再來看看；若還有不周到的地方，請您再告訴我們。",
        ),
    ),
    ("call", "en"): Letter(
        "Call",
        (
            "Thank them for shopping at {shop}. {usual}",
            "Ask: how was your last order? Was anything missing? What would bring you back?",
            "Write down why they stayed away and where they shop now. Promise nothing.",
        ),
    ),
    ("call", "zh-Hans"): Letter(
        "回访电话",
        (
            "先感谢对方光顾 {shop}。{usual}",
            "问三件事：上次买的东西还满意吗？有没有想买却没买到的？怎样您才愿意再来？",
            "记下不来的原因、现在去哪里买。不要在电话里许诺优惠。",
        ),
    ),
    ("call", "zh-Hant"): Letter(
        "關懷電話",
        (
            "先謝謝對方光顧 {shop}。{usual}",
            "問三件事：上次買的東西還滿意嗎？有沒有想買卻買不到的？怎樣您才願意再來？",
            "記下不來的原因、現在去哪裡買。電話中不要承諾任何優惠。",
        ),
    ),
}
"""(act, language) -> its text. Every act but *nothing* has all three languages."""

TOLD = {
    (True, "en"): "You told us that something at {shop} was not as it should be.",
    (True, "zh-Hans"): "您之前告诉过我们，{shop} 有做得不好的地方。",
    (True, "zh-Hant"): "您之前告訴過我們，{shop} 有做得不好的地方。",
    (False, "en"): "Customers told us that something at {shop} was not as it should be.",
    (False, "zh-Hans"): "有顾客告诉我们，{shop} 有做得不好的地方。",
    (False, "zh-Hant"): "有顧客告訴我們，{shop} 有做得不好的地方。",
}
"""(whether they said so themselves, language) -> how word of a fix begins: only what is true."""

USUAL = {
    ("remind", "en"): "Perhaps it is time again for {things}?",
    ("remind", "zh-Hans"): "您以前常买的{things}，最近还需要吗？",
    ("remind", "zh-Hant"): "您以前常買的{things}，最近還需要嗎？",
    ("offer", "en"): "You used to like {things}.",
    ("offer", "zh-Hans"): "您以前常买{things}，我们都还记得。",
    ("offer", "zh-Hant"): "您以前常買{things}，我們都還記得。",
    ("call", "en"): "They usually bought {things}.",
    ("call", "zh-Hans"): "对方以前常买：{things}。",
    ("call", "zh-Hant"): "對方以前常買：{things}。",
}
"""(act, language) -> the sentence about what they usually bought; left out where that is unknown.

None says that it is in stock: orders do not tell."""
