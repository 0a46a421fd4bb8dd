"""A guest's own invitation as a picture: to what, when, where, whom, and the code that
opens its link. Rule C4.

It is a drawing (SVG), which the browser turns into the picture that is saved: it has
the letters of every language, where the server may have no program that draws.
"""

from odoo.tools import format_date

from ...kernel.text_width import cut, wrap
from .invitation_link import GuestAnswer, draw_code

WIDTH, MARGIN, CODE = 720, 64, 300  # pixels: what a phone shows across
LABEL = 130  # the column of "Begins" and "Place"
LETTER = 0.55  # of a font's size: a letter; a Chinese character is two of them
INK, MUTED, RED = "#2b2b2b", "#777777", "#7a1f1f"


class Drawing:
    """Texts below each other, each with its place."""

    def __init__(self):
        self.texts, self.y = [], 0

    def add(self, text, size, most=1, color=INK, x=MARGIN, **style):
        """Write a text in as many lines as it needs, ``most`` at most; the last one
        ends in an ellipsis.
        """
        is_middle = style.get("anchor") == "middle"
        room = WIDTH - MARGIN - (MARGIN if is_middle else x)
        for line in wrap(text, int(room / (size * LETTER)), most):
            self.y += round(size * 1.4)
            self.texts.append(
                {"text": line, "size": size, "color": color, "x": x, "y": self.y}
                | {"weight": "normal", "anchor": "start"}
                | style
            )

    def add_beside(self, label, text, most):
        """Write a text with a label before its first line."""
        before = self.y
        self.add(text, 26, most, x=MARGIN + LABEL)
        after, self.y = self.y, before
        self.add(cut(label, 8), 26, color=MUTED)
        self.y = max(after, self.y)


def write_card(guest):
    """Return the drawing, in the guest's language."""
    answer = GuestAnswer(guest.sudo())  # what the guest himself reads
    lang = answer.get_language()
    env = guest.with_context(lang=lang).env
    said = answer.show(lang)
    middle = {"x": WIDTH // 2, "anchor": "middle"}
    card = Drawing()
    card.y = 20
    card.add(said["company"], 28, color="#ffffff", **middle)
    top = card.y + 30
    card.y = top + 30
    card.add(said["guest"], 36, weight="bold")
    card.add(env._("We have the pleasure of inviting you to"), 24)
    card.y += 6
    card.add(said["theme"], 40, 3, color=RED, weight="bold")
    card.y += 14
    card.add_beside(env._("Begins"), said["begins"], 1)
    where = ", ".join(filter(None, (said["place"], said["address"])))
    if where:
        card.add_beside(env._("Place"), where, 3)
    code_y = card.y + 36
    card.y = code_y + CODE + 4
    card.add(env._("Scan the code to answer"), 26, **middle)
    if said["deadline"]:
        until = format_date(env, said["deadline"])
        text = env._("Please answer until %s", until)
        card.add(text, 22, color=MUTED, **middle)
    # sudo: whoever may have the link may have the picture
    drawn = (
        env["ir.qweb"]
        .sudo()
        ._render(
            "crm_club.club_invitation_picture",
            {
                "width": WIDTH,
                "height": card.y + 70,
                "top": top,
                "texts": card.texts,
                "size": CODE,
                "code_x": (WIDTH - CODE) // 2,
                "code_y": code_y,
                "code": draw_code(guest).decode(),
            },
        )
    )
    return str(drawn).strip()
