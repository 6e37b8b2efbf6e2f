"""Our own lines on the phone, in pairs, written for the ear: eight seconds at most, what to do before how to do it.

Whatever the bot says comes from data/; these are for what happens around it: greeting, keys, silence, waiting, trouble.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.spoken import Line, speakable
from language.say import Language

MISSES_MOST = 3  # silence and misheard words counted together; the third one leads to a person
KEYS_ONLY_FROM = 2  # after this many misses only keys are listened to: a noisy line does not get better by listening again
NAME_MOST = {"zh": 12, "en": 24}  # characters of a customer's name, so that no line grows past eight seconds

# name: (zh, en)
LINES: dict[str, tuple[str, str]] = {
    "welcome": (
        "您好，我是智能客服，您可以直接说话，也可以按键。",
        "Hello, I'm the virtual assistant. You can talk to me or use your keys.",
    ),
    "welcome_known": (
        "{name}，您好，我是智能客服，您可以直接说话，也可以按键。",
        "Hello {name}, I'm the virtual assistant. Just talk to me or use your keys.",
    ),
    "choose_language": ("中文服务请按1。", "For English, press 2."),
    "ask_open": ("请问有什么可以帮您？", "What can I do for you?"),
    "help_keys": (
        "查话费请按1，查用量请按2，充值请按3，查订单请按4，其他请按5，人工请按0。",
        "Press 1 for balance, 2 usage, 3 top-up, 4 orders, 5 something else, 0 for a person.",
    ),
    "no_input_1": ("我没有听到您说话。您可以说，查话费。", "I didn't hear anything. You can say, check my balance."),
    "no_input_2": ("还是没有声音，我们改用按键。", "I still can't hear you. Let's use the keys."),
    "no_input_3": ("一直没有听到您的声音，我帮您找人工客服。", "I can't hear you, so let me get a person to help."),
    "no_match_1": ("抱歉，没听清。您可以说，查话费，或者充值。", "Sorry, I missed that. You can say balance, or top up."),
    "no_match_2": ("线路可能有杂音，请改用按键。", "The line may be noisy. Please use the keys."),
    "no_match_3": ("抱歉，还是没弄明白，我帮您找人工客服。", "I'm sorry, I still don't follow. Let me get a person to help."),
    "say_again": ("请您再说一遍。", "Please say that again."),
    "slower": ("好的，我说慢一点。", "Sure, I'll speak more slowly."),
    "moment": ("好的，请稍等。", "One moment, please."),
    "still_working": ("还在为您查询，请不要挂机。", "I'm still working on it. Please stay on the line."),
    "enter_pin": ("请按键输入服务密码，按井号键结束。", "Please key in your service PIN, then press the pound key."),
    "enter_code": (
        "请按键输入短信里的六位验证码，按井号键结束。",
        "Please key in the six-digit code we texted you, then press pound.",
    ),
    "enter_number": ("请说出号码，或者按键输入，按井号键结束。", "Please say the number, or key it in and press pound."),
    "keys_only": ("请用按键输入，按井号键结束。", "Please use your keys, then press the pound key."),
    "person_soon": ("好的，正在为您转人工客服，请不要挂机。", "I'm putting you through to a person. Please stay on the line."),
    "callback_offered": (
        "现在没有空闲的客服。需要我们给您回电请按1，留言请按2。",
        "Nobody is free right now. Press 1 for a call back, or 2 to leave a message.",
    ),
    "nobody_free": ("现在没有空闲的客服。", "Nobody is free right now."),
    "callback_noted": ("好的，已经登记，我们会尽快给您回电。", "That's noted. We'll call you back as soon as we can."),
    "callback_reference": ("登记编号{reference}。", "Your reference is {reference}."),
    "voicemail_offered": (
        "您可以留言，我们会尽快回复。请在滴声后讲话，说完按井号键。",
        "Please leave a message after the tone. Press pound when you're done.",
    ),
    "voicemail_thanks": ("留言已经收到，我们会尽快联系您。", "Thank you, we have your message and will get back to you soon."),
    "system_trouble": (
        "抱歉，系统暂时出了问题，刚才的业务请先不要重复办理。",
        "I'm sorry, we're having a system problem. Please don't repeat what you just did.",
    ),
    "goodbye": ("感谢您的来电，再见。", "Thank you for calling. Goodbye."),
    "consent_recording": (
        "为了改进服务，我们想录下这次通话。同意请按1，不同意请按2。",
        "May we record this call to improve our service? Press 1 for yes, 2 for no.",
    ),
    "choice_closed": ("这个选项已经失效了，我们接着刚才的说。", "That choice is closed now. Let's go on from where we were."),
}


def line(name: str, language: Language, /, **values: str) -> str:
    """The line of this name. Values are made speakable first; a customer's name is cut, a reference is not. KeyError for a line or a
    value there is not."""
    said = {key: speakable(value, language) for key, value in values.items()}
    if "name" in said:
        said["name"] = said["name"][: NAME_MOST[language]]
    return LINES[name][language == "en"].format_map(said)


def both(name: str, /, **values: str) -> tuple[Line, Line]:
    """The line in Chinese and then in English, each for its own voice: for callers whose language is not known yet."""
    return Line(line(name, "zh", **values), "zh"), Line(line(name, "en", **values), "en")


@dataclass(frozen=True)
class Ladder:
    """Names of what is said at the first, second and third miss in a row: shorter and with an example; keys only; to a person."""

    first: str
    second: str
    third: str

    def prompt(self, misses: int) -> str:
        """The name for this many misses, from 1; beyond the third it stays at the third."""
        return (self.first, self.second, self.third)[min(max(misses, 1), MISSES_MOST) - 1]


NO_INPUT = Ladder("no_input_1", "no_input_2", "no_input_3")
NO_MATCH = Ladder("no_match_1", "no_match_2", "no_match_3")
