"""By which channel a guest is asked: what he said to each, and what can reach him."""

from collections.abc import Collection, Mapping

MAIL, SMS, GATEWAY, PAPER, CALL = "mail", "sms", "gateway", "paper", "call"
GIVEN, REFUSED = "given", "refused"
# In the order in which they are tried, after the one that the guest prefers.
TRIED = (MAIL, SMS, CALL)
# Consent is to the channel that arrives, by whichever gateway it was sent.
ARRIVES_AS = {MAIL: MAIL, SMS: SMS, GATEWAY: SMS, CALL: CALL}


def by_consent(
    said: Mapping[str, str], reachable: Collection[str], preferred: str | None = None
) -> str | None:
    """Return the channel to which the guest agreed, the one he prefers first.

    >>> by_consent({"mail": "given", "sms": "given"}, ("mail", "sms"))
    'mail'
    >>> by_consent({"mail": "given", "sms": "given"}, ("mail", "sms"), "sms")
    'sms'
    >>> by_consent({"mail": "given", "sms": "given"}, ("sms",))
    'sms'
    >>> by_consent({"call": "given"}, ("mail", "call"))
    'call'
    >>> by_consent({"mail": "none"}, ("mail",))
    """
    order = sorted(TRIED, key=lambda channel: channel != preferred)
    for channel in order:
        if channel in reachable and said.get(channel) == GIVEN:
            return channel
    return None


def is_open(channel: str, said: Mapping[str, str], reachable: Collection[str]) -> bool:
    """Tell whether a guest may be asked by this channel and none other.

    Nobody is where he refused; who wasn't asked yet may be. Paper is handed over.

    >>> is_open("gateway", {"sms": "refused"}, ("sms",))
    False
    >>> is_open("gateway", {"mail": "refused"}, ("sms",))
    True
    >>> is_open("mail", {}, ("sms",))
    False
    >>> is_open("paper", {"mail": "refused", "sms": "refused"}, ())
    True
    """
    if channel == PAPER:
        return True
    arrives = ARRIVES_AS[channel]
    return arrives in reachable and said.get(arrives) != REFUSED
