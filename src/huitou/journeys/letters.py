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


PLACES = frozenset(
    ("shop", "percent", "off", "until", "code", "usual", "most", "least", "gift", "told", "mended")
)
"""What a text may name. `off` is the reduction as the language says it: 10 % off, 9 折; `most` what
it takes off at most, `least` the smallest order it counts on, `gift` the merchant's own words for
what they give."""

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
    ("red_packet", "en"): Letter(
        "{most} for you at {shop}, until {until}",
        (
            "We would be glad to see you again at {shop}. {usual}",
            "Here is {most} towards your next order, for you alone, until {until}.",
            "Your code: {code}",
            "It works once. Type it at the checkout or show it in the shop.",
        ),
    ),
    ("red_packet", "zh-Hans"): Letter(
        "送您一个{most}红包，{until}前有效",
        (
            "好久不见，{shop} 盼着您再来。{usual}",
            "给您包了一个{most}的红包：{until}前，下次消费直接抵扣，仅限您本人使用。",
            "红包码：{code}",
            "仅限使用一次，结账时输入或出示给店员即可。",
        ),
    ),
    ("red_packet", "zh-Hant"): Letter(
        "送您一個{most}紅包，{until}前有效",
        (
            "好久不見，{shop} 很期待您再來。{usual}",
            "為您準備了一個{most}的紅包：{until}前，下次消費直接折抵，僅限您本人使用。",
            "紅包碼：{code}",
            "限用一次，結帳時輸入或出示給店員即可。",
        ),
    ),
    ("voucher", "en"): Letter(
        "A voucher of {most} from {shop}, until {until}",
        (
            "We would be glad to see you again at {shop}. {usual}",
            "Here is a voucher for you alone: {most} off an order of {least} or more, until"
            " {until}.",
            "Your code: {code}",
            "It works once. Type it at the checkout or show it in the shop.",
        ),
    ),
    ("voucher", "zh-Hans"): Letter(
        "送您一张{most}代金券，{until}前有效",
        (
            "好久不见，{shop} 盼着您再来。{usual}",
            "送您一张专属代金券：{until}前，消费满{least}立减{most}。",
            "券码：{code}",
            "仅限使用一次，结账时输入或出示给店员即可。",
        ),
    ),
    ("voucher", "zh-Hant"): Letter(
        "送您一張{most}抵用券，{until}前有效",
        (
            "好久不見，{shop} 很期待您再來。{usual}",
            "送您一張專屬抵用券：{until}前，消費滿{least}現折{most}。",
            "券碼：{code}",
            "限用一次，結帳時輸入或出示給店員即可。",
        ),
    ),
    ("amends", "en"): Letter(
        "We are sorry",
        (
            "At {shop} something went wrong for you. We are sorry.",
            "We cannot undo it, and would like to make good what we can: {most} off your next"
            " order, until {until}.",
            "Your code: {code}",
            "And if you tell us what it was, we will see that it does not happen again.",
        ),
    ),
    ("amends", "zh-Hans"): Letter(
        "实在对不起",
        (
            "您在 {shop} 的那次经历，是我们没做好，真心向您道歉。",
            "事情没法重来，但我们想尽力弥补：{until}前，您下次消费立减{most}。",
            "抵扣码：{code}",
            "也请您告诉我们当时哪里不对，我们一定不让它再发生。",
        ),
    ),
    ("amends", "zh-Hant"): Letter(
        "真的很抱歉",
        (
            "您在 {shop} 的那次經驗，是我們沒有做好，誠心向您道歉。",
            "事情無法重來，但我們想盡力彌補：{until}前，您下次消費現折{most}。",
            "折抵碼：{code}",
            "也請您告訴我們當時哪裡不對，我們一定不讓它再發生。",
        ),
    ),
    ("surprise", "en"): Letter(
        "Something small from {shop}",
        (
            "No occasion, and nothing to do for it: we wanted to give you something. {gift}",
            "Show this letter at your next visit, whenever that is. Thank you for being our"
            " customer.",
        ),
    ),
    ("surprise", "zh-Hans"): Letter(
        "{shop} 给您准备了一份小心意",
        (
            "不为什么节日，也不用您做什么，就是想送您点东西。{gift}",
            "下次来店里出示这封信就行，什么时候来都可以。谢谢您一直照顾我们的生意。",
        ),
    ),
    ("surprise", "zh-Hant"): Letter(
        "{shop} 為您準備了一份小心意",
        (
            "不為什麼節日，也不需要您做什麼，就是想送您一點東西。{gift}",
            "下次來店時出示這封信就可以，什麼時候來都行。謝謝您一直以來的支持。",
        ),
    ),
    ("upgrade", "en"): Letter(
        "A little better, at the usual price",
        (
            "For your next order at {shop} we would like to do more than usual, at the usual"
            " price. {gift}",
            "It is for you alone, until {until}. Your code: {code}",
            "It works once. Type it at the checkout or show it in the shop.",
        ),
    ),
    ("upgrade", "zh-Hans"): Letter(
        "价格不变，服务升级",
        (
            "您下次在 {shop} 消费，价格照旧，我们想多做一点。{gift}",
            "专为您准备，{until}前有效。升级码：{code}",
            "仅限使用一次，结账时输入或出示给店员即可。",
        ),
    ),
    ("upgrade", "zh-Hant"): Letter(
        "價格不變，服務升級",
        (
            "您下次在 {shop} 消費，價格照舊，我們想多做一點。{gift}",
            "專為您準備，{until}前有效。升級碼：{code}",
            "限用一次，結帳時輸入或出示給店員即可。",
        ),
    ),
    ("step_up", "en"): Letter(
        "One level up at {shop}",
        (
            "You come often enough that we would like to treat you as one of our closest"
            " customers, a little before the time. {gift}",
            "Show this code at your next visit, until {until}, and it is yours: {code}",
        ),
    ),
    ("step_up", "zh-Hans"): Letter(
        "{shop} 提前为您升一级",
        (
            "您常来照顾我们，我们想提前把您当作最亲近的老顾客。{gift}",
            "{until}前，下次来店出示这个码即可生效：{code}",
        ),
    ),
    ("step_up", "zh-Hant"): Letter(
        "{shop} 提前為您升一級",
        (
            "您常來照顧我們，我們想提前把您當成最親近的老顧客。{gift}",
            "{until}前，下次來店出示這個碼即可生效：{code}",
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
    **{
        (kind, language): text
        for kind in ("offer", "red_packet", "voucher")
        for language, text in (
            ("en", "You used to like {things}."),
            ("zh-Hans", "您以前常买{things}，我们都还记得。"),
            ("zh-Hant", "您以前常買{things}，我們都還記得。"),
        )
    },
    ("call", "en"): "They usually bought {things}.",
    ("call", "zh-Hans"): "对方以前常买：{things}。",
    ("call", "zh-Hant"): "對方以前常買：{things}。",
}
"""(act, language) -> the sentence about what they usually bought; left out where that is unknown.

None says that it is in stock: orders do not tell."""
