"""Membership cards, and certificates of membership. Rules A13, E3."""

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.text_width import cut, measure
from ..models.membership.club_membership import VALID
from ..models.program.club_membership_tier_mixin import GRADE
from ..models.record.groups import OFFICER
from ..models.worth.card_states import PRINTED

# What the web client paints tags with, by the number of the colour; white on the dark
# ones.
COLORS = (
    *("#5f6b7a", "#c0322d", "#dc8534", "#d9ad1c", "#4a86c8", "#814968", "#c96f4a"),
    *("#2f8f88", "#2c3f9e", "#c92674", "#3f9b4c", "#6f4bb8"),
)
LIGHT = (2, 3)
# How wide a name may be in a line, a Chinese character being two letters, and the size
# of its letters: the first one that it fits.
NAME_SIZES = ((21, 11), (26, 9), (31, 7.5), (39, 6))
# Of two lines of the account's name on the card; what is longer is cut.
ACCOUNT_SIZES = ((52, 8), (88, 6.5))
# Of the account's name on the certificate, in points.
TITLE_SIZES = ((30, 34), (46, 26), (120, 20), (180, 15))


@dataclass(frozen=True, slots=True)
class Card:
    """The front of a card."""

    company: models.BaseModel
    issuer: str  # the company, and its program where it has several
    lang: str
    color: str
    ink: str
    tier: str
    number: str
    holder: str
    holder_size: float
    account: str
    account_size: float
    qr: bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the club certifies to a member."""

    company: models.BaseModel
    lang: str
    color: str
    account: str
    account_size: float
    sentence: str
    tier: str
    date_from: str
    date_to: str
    number: str
    day: str


def fit(text, sizes):
    """Return a text and the size in points at which it fits, cut if none does.

    >>> fit("Anchor Mills", NAME_SIZES)
    ('Anchor Mills', 11)
    >>> fit("江海市" * 4, NAME_SIZES)[1]
    9
    """
    width = measure(text)
    for most, size in sizes:
        if width <= most:
            return text, size
    most, size = sizes[-1]
    return cut(text, most), size


class ClubCardPapers(models.AbstractModel):
    """Collects what cards and certificates say; the prints only walk it."""

    _name = "club.card.papers"
    _description = "Papers of Memberships"

    @api.model
    def _get_cards(self, cards):
        """Return a `Card` for each one that is printed and not yet handed over.

        :raises AccessError: when the user may not read one
        :raises UserError: when he prints no cards, or one isn't at that state
        """
        cards.check_access("read")
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise UserError(self.env._("Cards are printed by the club officers only."))
        # Whoever carries one that is in use already doesn't get a second one of it.
        cards._check_state(PRINTED)
        return [self._prepare_card(card) for card in cards]

    def _prepare_card(self, card):
        # sudo: a paper names accounts, people and companies, whoever prints it
        card_sudo = card.sudo()
        lang = card_sudo.account_id.lang or self.env.lang
        tier = card_sudo.tier_id.with_context(lang=lang)
        holder, holder_size = fit(card_sudo.holder_id.name or "", NAME_SIZES)
        account, account_size = fit(card_sudo.account_id.name or "", ACCOUNT_SIZES)
        company = card_sudo.company_id
        program = tier.program_id._get_distinguishing_name()
        return Card(
            company=company,
            issuer=" · ".join(filter(None, (company.name, program))),
            lang=lang,
            color=_get_color(tier),
            ink="#2b2b2b" if tier.color in LIGHT else "#ffffff",
            tier=tier.name,
            number=card.number,
            holder=holder,
            holder_size=holder_size,
            account=account,
            account_size=account_size,
            qr=card._get_qr_image(),
        )

    @api.model
    def _get_certificates(self, memberships):
        """Return a `Certificate` for each membership, in the account's language.

        :raises AccessError: when the user may not read one
        :raises UserError: for a customer grade, or what never counted
        """
        memberships.check_access("read")
        for membership in memberships:
            # sudo: which group it is of, whoever may read that
            is_grade = membership.sudo().group_id.purpose == GRADE
            if membership.state != VALID or is_grade:
                raise UserError(
                    self.env._(
                        "%(membership)s from %(day)s on is no membership to be "
                        "certified: choose one that counts.",
                        membership=membership.display_name,
                        day=format_date(self.env, membership.date_from),
                    )
                )
        return [self._prepare_certificate(membership) for membership in memberships]

    def _prepare_certificate(self, membership):
        # sudo: a paper names accounts and companies, whoever prints it
        membership_sudo = membership.sudo()
        lang = membership_sudo.account_id.lang or self.env.lang
        membership_sudo = membership_sudo.with_context(lang=lang)
        company = membership_sudo.company_id
        account, size = fit(membership_sudo.account_id.name or "", TITLE_SIZES)
        return Certificate(
            company=company,
            lang=lang,
            color=_get_color(membership_sudo.tier_id),
            account=account,
            account_size=size,
            sentence=membership_sudo.env._(
                "is a member of %s as", membership_sudo.program_id.name
            ),
            tier=membership_sudo.tier_id.name,
            date_from=_format_day(membership_sudo.env, membership.date_from),
            date_to=_format_day(membership_sudo.env, membership.date_to),
            number=f"{membership.date_from:%Y}-{membership.id:06d}",
            day=_format_day(membership_sudo.env, company._club_today()),
        )


def _get_color(tier):
    return COLORS[tier.color % len(COLORS)]


def _format_day(env, day):
    return format_date(env, day, date_format="long")


class ReportCard(models.AbstractModel):
    _name = "report.crm_club.club_card"
    _description = "Membership Cards"
    _inherit = ["club.report.mixin"]

    _source = "club.card"
    _papers = "cards"

    def _get_papers(self, cards, data):
        return self.env["club.card.papers"]._get_cards(cards)


class ReportCertificate(models.AbstractModel):
    _name = "report.crm_club.club_membership_certificate"
    _description = "Membership Certificates"
    _inherit = ["club.report.mixin"]

    _source = "club.membership"
    _papers = "certificates"

    def _get_papers(self, memberships, data):
        return self.env["club.card.papers"]._get_certificates(memberships)
