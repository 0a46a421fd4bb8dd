"""An amount of money in Chinese financial capitals (人民币大写). Rule C6.

Written as the People's Bank of China asks for on bills and settlement vouchers
(正确填写票据和结算凭证的基本规定). Where it leaves a choice, this is ours:

* After 元 stands 整. After 角 it may be left out, and is; after 分 it never stands.
* Zeros inside the figure are one 零, however many there are.
* A group of four whose 仟 isn't 0 follows 万 or 亿 without 零, and 角 follows 元
  without 零, though the digit before it is 0: 107,000.50 is 壹拾万柒仟元伍角.
* 分 without 角 follows 元 as 零: 壹元零伍分. Without 元 nothing comes before 角 or 分.
* A credit begins with 负. What rounds to nothing is 零元整.
"""

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000
YUAN, JIAO, FEN, WHOLE, MINUS = "元", "角", "分", "整", "负"
CENT = Decimal("0.01")
LIMIT = Decimal(10) ** 16


def amount_in_words(amount: Decimal) -> str:
    """Return a CNY amount in capitals, rounded to the fen, half away from zero.

    :raises ValueError: for what is no number, and from ten quadrillion on

    >>> for figure in ("0", "0.05", "10", "10010.10", "1000000.05", "-30.5"):
    ...     print(amount_in_words(Decimal(figure)))
    零元整
    伍分
    壹拾元整
    壹万零壹拾元壹角
    壹佰万元零伍分
    负叁拾元伍角

    The bank's own examples:

    >>> for figure in ("1409.50", "6007.14", "1680.32", "107000.53", "16409.02"):
    ...     print(amount_in_words(Decimal(figure)))
    壹仟肆佰零玖元伍角
    陆仟零柒元壹角肆分
    壹仟陆佰捌拾元叁角贰分
    壹拾万柒仟元伍角叁分
    壹万陆仟肆佰零玖元零贰分
    """
    if not amount.is_finite() or abs(amount) >= LIMIT - CENT / 2:
        raise ValueError(f"{amount} can't be written in capitals")
    rounded = abs(amount).quantize(CENT, ROUND_HALF_UP)
    yuan, cents = divmod(int(rounded * 100), 100)
    jiao, fen = divmod(cents, 10)
    words = _whole(yuan) + YUAN if yuan else ""
    if jiao:
        words += DIGITS[jiao] + JIAO
    elif fen and yuan:
        words += DIGITS[0]
    if fen:
        words += DIGITS[fen] + FEN
    if not cents:
        words = (words or DIGITS[0] + YUAN) + WHOLE
    return MINUS + words if amount < 0 and rounded else words


def _whole(number: int) -> str:
    """Return a whole number above 0 in capitals: each unit is said of what precedes it.

    >>> [_whole(n) for n in (20, 100_500, 100_005_000, 1_000_000_000_000)]
    ['贰拾', '壹拾万零伍佰', '壹亿零伍仟', '壹万亿']
    """
    for unit, size in (("亿", HUNDRED_MILLION), ("万", TEN_THOUSAND)):
        high, low = divmod(number, size)
        if high:
            gap = DIGITS[0] if 0 < low < size // 10 else ""
            return _whole(high) + unit + gap + (_whole(low) if low else "")
    return _group(number)


def _group(number: int) -> str:
    """Return one to four digits in capitals, without zeros at either end.

    >>> [_group(n) for n in (5, 10, 1001, 1010, 1100)]
    ['伍', '壹拾', '壹仟零壹', '壹仟零壹拾', '壹仟壹佰']
    """
    words, met_zero = "", False
    for place in reversed(range(len(PLACES))):
        digit = number // 10**place % 10
        if digit:
            if met_zero and words:
                words += DIGITS[0]
            words += DIGITS[digit] + PLACES[place]
        met_zero = not digit
    return words
