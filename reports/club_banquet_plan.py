"""Who sits where, drawn; and what the kitchen must know. Rules D11, E3."""

from dataclasses import dataclass, replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..kernel import seating
from ..models.record.names import get_labels, join

# Millimetres on the paper: what a page has for tables, a label, the least for a table
# with its people around it.
WIDTH, HEIGHT = 277, 158
LABEL_WIDTH, LABEL_HEIGHT = 27, 10
LEAST = 72
PER_PAGE = 2


@dataclass(frozen=True, slots=True)
class Label:
    """Somebody's seat: upper left corner in millimetres, and what stands there."""

    left: float
    top: float
    number: int
    name: str
    side: str
    is_principal: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """A table: upper left corner and size in millimetres, and who sits round it."""

    left: float
    top: float
    size: float
    name: str
    line: str
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Diet:
    """A seat on the kitchen's list."""

    table: str
    number: int
    name: str
    diet: str


@dataclass(frozen=True, slots=True)
class Dish:
    course: str
    name: str
    ingredients: str
    note: str
    warning: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A banquet's seating by page, and who has no seat."""

    company: models.BaseModel
    name: str
    purpose: str
    moment: str
    place: str
    pages: tuple[tuple[Circle, ...], ...] = ()
    unseated: tuple[str, ...] = ()
    form: str = ""
    heads: int = 0
    dishes: tuple[Dish, ...] = ()
    diets: tuple[Diet, ...] = ()
    hidden: int = 0
    note: str = ""


class ClubBanquetPlan(models.AbstractModel):
    """Collects seating plans and kitchen lists; the prints only walk them."""

    _name = "club.banquet.plan"
    _description = "Seating Plan"

    @api.model
    def _get_plan_data(self, banquets):
        """Return a `Plan` with the tables of each banquet, drawn."""
        banquets.check_access("read")
        return [
            replace(
                self._prepare_plan(banquet),
                pages=tuple(self._draw_pages(banquet)),
                unseated=tuple(
                    seat.display_name for seat in banquet.seat_ids if not seat.table_id
                ),
            )
            for banquet in banquets
        ]

    @api.model
    def _get_kitchen_data(self, banquets):
        """Return a `Plan` with menu and diets, as far as the user may know them. A8."""
        banquets.check_access("read")
        result = []
        for banquet in banquets:
            courses = get_labels(banquet.dish_ids, "course")
            result.append(
                replace(
                    self._prepare_plan(banquet),
                    form=banquet.form_id.name,
                    heads=len(banquet.seat_ids),
                    note=banquet.kitchen_note or "",
                    dishes=tuple(
                        Dish(
                            courses[dish.course],
                            dish.name,
                            dish.ingredients or "",
                            dish.note or "",
                            dish.taboo_warning or "",
                        )
                        for dish in banquet.dish_ids
                    ),
                    diets=tuple(
                        Diet(
                            seat.table_id.name or "",
                            seat.number,
                            seat.display_name,
                            seat.diet,
                        )
                        for seat in banquet.seat_ids
                        if seat.diet
                    ),
                    hidden=len(banquet.seat_ids.filtered("is_diet_hidden")),
                )
            )
        return result

    def _prepare_plan(self, banquet):
        # sudo: a paper names units, people and companies, whoever prints it
        return Plan(
            company=banquet.company_id.sudo(),
            name=banquet.name,
            purpose=banquet.purpose,
            moment=banquet._format_moment(banquet.date_begin),
            place=join(self.env, filter(None, (banquet.place, banquet.room))),
        )

    # === Drawing === #

    def _draw_pages(self, banquet):
        """Return the circles page by page.

        All on one page as long as names are legible; else the hall first, then two
        tables a page.
        """
        tables = banquet.table_ids
        if not tables:
            raise UserError(
                self.env._(
                    "%s has no tables yet: propose the seating first.",
                    banquet.display_name,
                )
            )
        cells = tables._get_cells()
        span = max(0 if table.is_main else abs(table.column) for table in tables)
        size = WIDTH / (2 * span + 1), HEIGHT / (1 + max(r for _c, r in cells.values()))
        if min(size) >= LEAST:
            return [self._draw_hall(tables, cells, size, with_people=True)]
        pages = [self._draw_hall(tables, cells, size, with_people=False)]
        for group in split_every(PER_PAGE, tables.ids):
            of_page = tables.browse(group)
            cells = {table: (number, 0) for number, table in enumerate(of_page)}
            size = WIDTH / PER_PAGE, HEIGHT
            pages.append(self._draw_hall(of_page, cells, size, with_people=True))
        return pages

    def _draw_hall(self, tables, cells, size, with_people):
        width, height = size
        return tuple(
            self._draw_table(
                table,
                (cells[table][0] + 0.5) * width,
                (cells[table][1] + 0.5) * height,
                min(width - LABEL_WIDTH, height - LABEL_HEIGHT) / 2,
                with_people,
            )
            for table in tables
        )

    def _draw_table(self, table, middle, centre, radius, with_people):
        """Return a table whose labels lie on a circle round it."""
        labels = []
        positions = table._get_positions()
        for seat in table.seat_ids if with_people else ():
            across, down = positions[seat.number]
            labels.append(
                Label(
                    left=round(middle + across * radius - LABEL_WIDTH / 2, 1),
                    top=round(centre + down * radius - LABEL_HEIGHT / 2, 1),
                    number=seat.number,
                    name=seat.display_name,
                    side=seat.side,
                    is_principal=seat.is_principal,
                )
            )
        size = radius if with_people else radius * 1.6
        return Circle(
            left=round(middle - size / 2, 1),
            top=round(centre - size / 2, 1),
            size=round(size, 1),
            name=table.name,
            line=f"{len(table.seat_ids)} / {table.seats}",
            labels=tuple(labels),
        )


class ReportBanquetPlan(models.AbstractModel):
    _name = "report.crm_club.club_banquet_plan_print"
    _description = "Seating Plan Report"
    _inherit = ["club.report.mixin"]

    _source = "club.banquet"
    _papers = "plans"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        return {**values, "host_side": seating.HOST}

    def _get_papers(self, banquets, data):
        return self.env["club.banquet.plan"]._get_plan_data(banquets)


class ReportBanquetKitchen(models.AbstractModel):
    _name = "report.crm_club.club_banquet_kitchen"
    _description = "Kitchen List Report"
    _inherit = ["club.report.mixin"]

    _source = "club.banquet"
    _papers = "plans"

    def _get_papers(self, banquets, data):
        return self.env["club.banquet.plan"]._get_kitchen_data(banquets)
