"""Invitations, table cards and place cards of a banquet. Rules D11, E3."""

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time, split_every

from ..kernel.seating import GUEST
from ..models.record.names import join

CARDS_PER_PAGE = 8
COLUMNS = 2
# The width that the large name of a folded card has, and the largest letters.
TENT_WIDTH = 180  # mm
TENT_LETTERS = 90  # pt
POINT = 0.3528  # mm


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one guest is written, in his language."""

    lang: str
    company: str
    name: str
    title: str
    purpose: str
    day: str
    time: str
    place: str
    dress: str
    table: str
    host: str


@dataclass(frozen=True, slots=True)
class Tent:
    """A card that is folded and stands on the table; its letters are `size` large."""

    name: str
    line: str
    size: int


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A small card in front of a plate."""

    name: str
    line: str
    table: str
    number: int


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a banquet, ready to print."""

    company: str
    purpose: str
    invitations: tuple[Invitation, ...] = ()
    tents: tuple[Tent, ...] = ()
    pages: tuple[tuple[tuple[PlaceCard, ...], ...], ...] = ()


def fit_letters(name: str) -> int:
    """Return the size in points at which a name fills a folded card, no more.

    A Chinese character is as wide as it is high, a Latin letter about 0.62 of that.
    """
    width = sum(0.62 if letter.isascii() else 1.05 for letter in name) or 1
    return max(18, min(TENT_LETTERS, int(TENT_WIDTH / (width * POINT))))


class ClubBanquetCards(models.AbstractModel):
    """Collects the cards of banquets; the prints only walk them."""

    _name = "club.banquet.cards"
    _description = "Cards of a Banquet"

    @api.model
    def _get_invitation_data(self, banquets):
        """Return `Cards` with an invitation for each guest, in his language.

        :raises UserError: before the principal guest agreed to the date. Rule D11.
        """
        # sudo: a paper names units, people and companies, whoever prints it
        banquets.check_access("read")
        banquets._check_date_agreed()
        return [
            self._prepare_cards(
                banquet,
                invitations=[
                    self.with_context(
                        lang=seat.contact_id.sudo().lang or self.env.lang
                    )._prepare_invitation(seat)
                    for seat in self._get_seats(banquet)
                    if seat.side == GUEST
                ],
            )
            for banquet in banquets
        ]

    @api.model
    def _get_tent_data(self, banquets):
        """Return `Cards` with a folded card for each table and each person."""
        banquets.check_access("read")
        result = []
        for banquet in banquets:
            tables = banquet.table_ids if len(banquet.table_ids) > 1 else ()
            tents = [(table.name, banquet.purpose) for table in tables]
            tents += [
                (seat._get_addressed_name(), seat.title or "")
                for seat in self._get_seats(banquet)
            ]
            result.append(
                self._prepare_cards(
                    banquet,
                    tents=[Tent(name, line, fit_letters(name)) for name, line in tents],
                )
            )
        return result

    @api.model
    def _get_place_card_data(self, banquets):
        """Return `Cards` with place cards by page and row."""
        banquets.check_access("read")
        result = []
        for banquet in banquets:
            cards = [self._prepare_place_card(s) for s in self._get_seats(banquet)]
            pages = [
                tuple(map(tuple, split_every(COLUMNS, page)))
                for page in split_every(CARDS_PER_PAGE, cards)
            ]
            result.append(self._prepare_cards(banquet, pages=pages))
        return result

    def _get_seats(self, banquet):
        seats = banquet.seat_ids
        if not seats:
            raise UserError(
                self.env._(
                    "Nobody is on the list of %s yet: there is no card to print.",
                    banquet.display_name,
                )
            )
        return seats.sorted(
            lambda s: (s.table_id.sequence, s.table_id.id, s.number, s.rank, s.id)
        )

    def _prepare_cards(self, banquet, **found):
        # sudo: a paper names units, people and companies, whoever prints it
        return Cards(
            company=banquet.company_id.sudo().name,
            purpose=banquet.purpose,
            **{name: tuple(cards) for name, cards in found.items()},
        )

    def _prepare_invitation(self, seat):
        # sudo: a paper names units, people and companies, whoever prints it
        banquet = seat.banquet_id.with_env(self.env)
        host_sudo = (banquet.host_id or banquet.user_id).sudo()
        zone = banquet.company_id._club_zone()
        return Invitation(
            lang=self.env.lang,
            company=banquet.company_id.sudo().name,
            name=seat._get_addressed_name(),
            title=seat.title or "",
            purpose=banquet.purpose,
            day=format_date(
                self.env,
                banquet.company_id._club_day(banquet.date_begin),
                date_format="full",
            ),
            time=format_time(self.env, banquet.date_begin, zone, "short"),
            place=join(self.env, filter(None, (banquet.place, banquet.room))),
            dress=banquet.dress or "",
            table=seat.table_id.name or "",
            host=host_sudo.partner_id.name or "",
        )

    def _prepare_place_card(self, seat):
        return PlaceCard(
            name=seat._get_addressed_name(),
            line=seat.title or "",
            table=seat.table_id.name or "",
            number=seat.number,
        )


class ReportBanquetInvitation(models.AbstractModel):
    _name = "report.crm_club.club_banquet_invitation"
    _description = "Invitation Cards Report"
    _inherit = ["club.report.mixin"]

    _source = "club.banquet"
    _papers = "sheets"

    def _get_papers(self, banquets, data):
        return self.env["club.banquet.cards"]._get_invitation_data(banquets)


class ReportBanquetTent(models.AbstractModel):
    _name = "report.crm_club.club_banquet_tent"
    _description = "Table Cards Report"
    _inherit = ["club.report.mixin"]

    _source = "club.banquet"
    _papers = "sheets"

    def _get_papers(self, banquets, data):
        return self.env["club.banquet.cards"]._get_tent_data(banquets)


class ReportBanquetPlaceCard(models.AbstractModel):
    _name = "report.crm_club.club_banquet_place_card"
    _description = "Place Cards Report"
    _inherit = ["club.report.mixin"]

    _source = "club.banquet"
    _papers = "sheets"

    def _get_papers(self, banquets, data):
        return self.env["club.banquet.cards"]._get_place_card_data(banquets)
