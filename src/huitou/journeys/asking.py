"""Asking why somebody left, by letter, e-mail or call: texts in three languages, as data.

Short, friendly, once. Nothing is promised, nothing says that we watched, and the way to silence is
as easy as the way to an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huitou.ground.languages import speaker
from huitou.journeys.letters import MANNERS
from huitou.journeys.messages import Message, Recipient, Sender, filled, plain

ACT = "ask"
"""What such a message is, where others are a thank-you or an offer."""

LETTERS = {
    "en": (
        "Two questions, one minute",
        (
            "You used to shop at {shop}, and we have not seen you for a while. That is your good"
            " right. May we ask you two short questions? Your answer helps us to do better.",
            "{way}",
            "We ask this once and not again.",
        ),
    ),
    "zh-Hans": (
        "两个小问题，一分钟就好",
        (
            "感谢您以前光顾 {shop}，最近没有见到您，这完全是您的自由。能不能请您回答两个小问题？"
            "您说的话会帮我们做得更好。",
            "{way}",
            "这件事我们只问这一次，以后不会再问。",
        ),
    ),
    "zh-Hant": (
        "兩個小問題，一分鐘就好",
        (
            "謝謝您以前光顧 {shop}，最近沒有見到您，這完全是您的自由。能不能請您回答兩個小問題？"
            "您說的話會幫我們做得更好。",
            "{way}",
            "這件事我們只問這一次，之後不會再問。",
        ),
    ),
}
"""Language -> subject and paragraphs."""

WAYS = {
    ("email", "en"): (
        "Answer here, until {until}:\n{link}\n\nOn that page you can also tell us, with one tap, to"
        " leave you alone."
    ),
    ("email", "zh-Hans"): (
        "请点开这里回答（{until}前有效）：\n{link}\n\n如果不想再被打扰，在那个页面上点一下就行。"
    ),
    ("email", "zh-Hant"): (
        "請點開這裡回答（{until}前有效）：\n{link}\n\n如果不想再被打擾，在那個頁面上點一下就行。"
    ),
    (
        "paper",
        "en",
    ): "Tick your answers below and hand the sheet back, or open the link with a phone.",
    ("paper", "zh-Hans"): "请在下面打勾，把这张纸交还给我们；也可以用手机扫码回答。",
    ("paper", "zh-Hant"): "請在下面打勾，把這張紙交還給我們；也可以用手機掃碼回答。",
}
"""(channel, language) -> how to answer."""


@dataclass(frozen=True)
class Script:
    """What to say on the phone, in the order of the call."""

    greeting: str
    why: str
    where: str
    promise: str
    """What may be promised: for the caller's eyes."""
    close: str
    silence: str
    """What to do when they want to be left alone: for the caller's eyes."""


SCRIPTS = {
    "en": Script(
        "Hello, this is {shop}. You used to shop with us. Do you have one minute for two questions?"
        " It is not about selling anything.",
        "Why did you stop buying from us? Was it something of ours, or did something change for"
        " you?",
        "And where do you buy these things now?",
        "Promise nothing while you listen. When you write the answer down, the page says whether an"
        " offer pays; only then read out its code and its last day.",
        "Thank you, that helps us. We will not ask again. Have a good day.",
        "If they do not want to talk, say: of course, we will not call or write again. Then press"
        " “Please leave me alone”.",
    ),
    "zh-Hans": Script(
        "您好，我是 {shop} 的。您以前常来光顾，能耽误您一分钟问两个问题吗？不是推销。",
        "您后来不在我们这里买了，是我们哪里没做好，还是您那边有变化？",
        "那您现在这些东西在哪里买呢？",
        "听的时候什么都不要许诺。把回答记下来以后，页面会告诉您送优惠划不划算；"
        "划算时才念优惠码和到期日。",
        "谢谢您，这对我们很有帮助。以后不会再问了，祝您愉快。",
        "对方不想谈就说：好的，以后不再给您打电话、写信。然后点“请不要再打扰我”。",
    ),
    "zh-Hant": Script(
        "您好，我是 {shop}。您以前常來光顧，可以耽誤您一分鐘問兩個問題嗎？不是推銷。",
        "您後來沒有在我們這裡買了，是我們哪裡沒做好，還是您那邊有變化？",
        "那您現在這些東西在哪裡買呢？",
        "聽的時候什麼都不要答應。把回答記下來之後，頁面會告訴您送優惠划不划算；"
        "划算時才念優惠碼和到期日。",
        "謝謝您，這對我們很有幫助。之後不會再問了，祝您愉快。",
        "對方不想談就說：好的，之後不再打電話、寫信給您。然後按「請不要再打擾我」。",
    ),
}
"""Language -> the call."""


def ask(
    interview_id: str,
    channel: str,
    recipient: Recipient,
    sender: Sender,
    *,
    link: str,
    until: date,
) -> Message:
    """The letter or e-mail that asks; its id is the interview's, so that doubts can be settled.

    `link` may be empty for paper: then the sheet is handed back.
    """
    language = recipient.language if recipient.language in MANNERS else sender.language
    subject, paragraphs = LETTERS[language]
    places = {
        "shop": plain(sender.name),
        "link": link,
        "until": speaker(language).shown(until),
    }
    way = filled(WAYS[channel, language], places)
    body = [filled(part, {**places, "way": way}) for part in paragraphs]
    return Message(
        decision_id=interview_id,
        plan_id=ACT,
        channel=channel,
        act=ACT,
        language=language,
        subject=subject,
        body=_whole(language, body, recipient, sender),
        recipient=recipient,
        sender=sender,
    )


def script(sender: Sender, language: str) -> Script:
    """The call in one language, with the shop's name in it."""
    found = SCRIPTS[language if language in SCRIPTS else "en"]
    named = {name: filled(text, {"shop": plain(sender.name)}) for name, text in vars(found).items()}
    return Script(**named)


def _whole(language: str, body: list[str], recipient: Recipient, sender: Sender) -> str:
    manners = MANNERS[language]
    name = plain(recipient.name) if recipient.name else ""
    greeting = filled(manners.greeting, {"name": name}) if name else manners.greeting_unnamed
    return "\n\n".join([greeting, *body, f"{manners.closing}\n{plain(sender.name)}"])
