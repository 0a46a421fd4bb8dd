"""The ways in which a member contact can be reached, and what he says to each."""

CHANNELS = [
    ("call", "Call"),
    ("sms", "SMS"),
    ("wechat", "WeChat"),
    ("qq", "QQ"),
    ("mail", "E-mail"),
    ("visit", "Visit"),
]
GIVEN, REFUSED, NOT_ASKED = "given", "refused", "none"
ANSWERS = [(GIVEN, "Given"), (REFUSED, "Refused")]
CONSENTS = [*ANSWERS, (NOT_ASKED, "Not Asked")]
