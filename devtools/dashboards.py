"""Makes the spreadsheet dashboards of the club: `python -m devtools.dashboards`.

They are read by Odoo's `spreadsheet_dashboard`; nobody types them. Words that a reader
sees stand in `_t("…")`, in titles of charts and labels of filters: Odoo takes those
for translation. Figures are those of `club.figure`.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .home import CHECKOUT

FOLDER = CHECKOUT / "data" / "files"
MODEL = "club.figure"
MENU = "crm_club.club_figure_menu"
# Of points those of the main program: nobody adds them up over programs.
CONTEXT = {"club_main_program": True}

PERIOD, UNIT, GROUP = "club-period", "club-unit", "club-tier-group"
# Widths of the columns: two blocks of a name and two figures, and a gap.
COLUMNS = (206, 152, 152, 40, 206, 152, 152)
WIDE = sum(COLUMNS)
HALF = sum(COLUMNS[:3])
RIGHT = HALF + COLUMNS[3]
ROW = 23  # pixels
CARD, CHART, GAP = 100, 270, 10
TABLE_ROWS = 8
MONTHS = 12

NUMBER, MONEY, SHARE, MEAN = "number", "money", "share", "mean"
# Which measure of a pivot says how much; money comes with its currency's sign.
MEASURES = {NUMBER: "value", MONEY: "amount"}
FORMATS = {NUMBER: 1, SHARE: 2, MEAN: 3}
# Of what cards show, also on half a phone: money has its sign and hundredths besides.
SIZES = {NUMBER: 20, MONEY: 15, SHARE: 20, MEAN: 20}
MONTH = 4
HEADING, TITLE, NAME = 1, 2, 3  # styles of cells
LETTERS = "ABCDEFG"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a code: what it is called and how it is shown."""

    code: str
    label: str
    shape: str = NUMBER
    is_bad: bool = False  # whether more of it is worse


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart over the months: a line or bar for each code, or each tier."""

    title: str
    codes: tuple[str, ...]
    mode: str = "bar"
    by: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """A chart over the months of figures that are shares of their base."""

    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Two figures by unit, tier or company; the first one orders them."""

    title: str
    by: str
    figures: tuple[Figure, Figure]


@dataclass(frozen=True, slots=True)
class Dashboard:
    name: str
    cards: tuple[Figure, ...]
    charts: tuple
    tables: tuple[Table, Table]
    has_tiers: bool = False


MEMBERS = Figure("members", "Members")
JOINED = Figure("joined", "New Members")
LEFT = Figure("left", "Members Lost", is_bad=True)
REVENUE = Figure("revenue", "Revenue", MONEY)
BALANCE = Figure("points_balance", "Points Balance")
ACCRUED = Figure("points_accrued", "Points Accrued")
CONTACTS = Figure("contacts_on_time", "Contacts on Time", SHARE)
VERIFIED = Figure("verified_on_time", "Verified on Time", SHARE)
VISITS = Figure("visits", "Visits")
COMPLAINTS = Figure("complaints", "Complaints", is_bad=True)
AT_RISK = Figure("at_risk", "Accounts at Risk", is_bad=True)
HELD = Figure("activities_held", "Activities Held")
ATTENDANCE = Figure("attendance", "Attendance", SHARE)
SATISFACTION = Figure("satisfaction", "Satisfaction", MEAN)
REDEMPTIONS = Figure("redemptions", "Rewards Redeemed")
COSTS = Figure("costs", "Spent on Accounts", MONEY)

DASHBOARDS = (
    Dashboard(
        "members",
        (
            MEMBERS,
            JOINED,
            LEFT,
            Figure("promoted", "Promoted"),
            Figure("retained", "Members Retained", SHARE),
        ),
        (
            Trend("Members by tier and month", ("members",), by="tier_id"),
            Trend(
                "Joined, lost, promoted, moved down",
                ("joined", "left", "promoted", "demoted"),
            ),
        ),
        (
            Table("By tier", "tier_id", (MEMBERS, JOINED)),
            Table("By unit", "unit_id", (MEMBERS, LEFT)),
        ),
        has_tiers=True,
    ),
    Dashboard(
        "revenue",
        (
            REVENUE,
            ACCRUED,
            Figure("points_redeemed", "Points Redeemed"),
            Figure("points_expired", "Points Expired", is_bad=True),
            BALANCE,
        ),
        (
            Trend("Revenue by month", ("revenue",), "line"),
            Trend(
                "Points accrued, redeemed, expired",
                ("points_accrued", "points_redeemed", "points_expired"),
            ),
        ),
        (
            Table("By unit", "unit_id", (REVENUE, ACCRUED)),
            Table("By company", "company_id", (REVENUE, BALANCE)),
        ),
    ),
    Dashboard(
        "care",
        (CONTACTS, VISITS, VERIFIED, COMPLAINTS, AT_RISK),
        (
            Shares("Contacts and verification on time", (CONTACTS, VERIFIED)),
            Trend(
                "Complaints received and closed", ("complaints", "complaints_closed")
            ),
        ),
        (
            Table("Contacts by unit", "unit_id", (CONTACTS, VISITS)),
            Table("Dissatisfaction by unit", "unit_id", (COMPLAINTS, AT_RISK)),
        ),
    ),
    Dashboard(
        "activities",
        (HELD, ATTENDANCE, SATISFACTION, REDEMPTIONS, COSTS),
        (
            Trend("Activities held by month", ("activities_held",)),
            Trend("Spent on accounts by month", ("costs",), "line"),
        ),
        (
            Table("Activities by unit", "unit_id", (HELD, SATISFACTION)),
            Table("Costs by unit", "unit_id", (COSTS, REDEMPTIONS)),
        ),
    ),
)


class Maker:
    """Collects cells, charts and pivots of a dashboard."""

    def __init__(self, dashboard):
        self.dashboard = dashboard
        self.pivots = {}
        self.cells, self.styles, self.formats, self.borders = {}, {}, {}, {}
        self.data, self.data_formats = {}, {}
        self.figures = []
        self.row = 0  # the last one in use of the data sheet

    def make(self):
        """Return the workbook as the file has it."""
        self._add_cards()
        top = CARD + 2 * GAP
        for number, chart in enumerate(self.dashboard.charts):
            self._add_chart(chart, number * RIGHT, top)
        first = (top + CHART) // ROW + 2
        for number, table in enumerate(self.dashboard.tables):
            self._add_table(table, number * 4, first)
        return {
            "version": "18.5.10",
            "sheets": [
                self._sheet(
                    "dashboard",
                    "Dashboard",
                    self.cells,
                    rows=first + TABLE_ROWS + 2,
                    columns=COLUMNS,
                    styles=self.styles,
                    formats=self.formats,
                    borders=self.borders,
                    figures=self.figures,
                ),
                self._sheet(
                    "data",
                    "Data",
                    self.data,
                    rows=self.row + 2,
                    columns=(200, *(120,) * 6),
                    formats=self.data_formats,
                ),
            ],
            "styles": {
                str(HEADING): {"textColor": "#01666b", "bold": True, "fontSize": 13},
                str(TITLE): {"textColor": "#434343", "bold": True, "align": "right"},
                str(NAME): {"textColor": "#434343"},
            },
            "formats": {"1": "#,##0", "2": "0.0%", "3": "0.00", "4": "yyyy-mm"},
            "borders": {"1": {"bottom": {"style": "thin", "color": "#CCCCCC"}}},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {
                "locale": {
                    "name": "English (US)",
                    "code": "en_US",
                    "thousandsSeparator": ",",
                    "decimalSeparator": ".",
                    "dateFormat": "mm/dd/yyyy",
                    "timeFormat": "hh:mm:ss",
                    "formulaArgSeparator": ",",
                    "weekStart": 7,
                }
            },
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "customTableStyles": {},
            "globalFilters": self._filters(),
            "lists": {},
            "listNextId": 1,
            "chartOdooMenusReferences": {
                figure["id"]: MENU
                for figure in self.figures
                if figure["data"]["type"] == "scorecard"
            },
        }

    @staticmethod
    def _sheet(key, name, cells, rows, columns, **more):
        return {
            "id": key,
            "name": name,
            "colNumber": len(columns),
            "rowNumber": rows,
            "rows": {},
            "cols": {
                str(number): {"size": size} for number, size in enumerate(columns)
            },
            "merges": [],
            "cells": cells,
            "styles": {},
            "formats": {},
            "borders": {},
            "conditionalFormats": [],
            "dataValidationRules": [],
            "figures": [],
            "tables": [],
            "areGridLinesVisible": False,
            "isVisible": True,
            "headerGroups": {"ROW": [], "COL": []},
            "comments": {},
            **more,
        }

    def _filters(self):
        filters = [
            {
                "id": PERIOD,
                "type": "date",
                "label": "Period",
                "defaultValue": "last_12_months",
            },
            {
                "id": UNIT,
                "type": "relation",
                "label": "Unit",
                "modelName": "crm.team",
                "includeChildren": True,
                "defaultValueDisplayNames": [],
            },
        ]
        if self.dashboard.has_tiers:
            filters.append(
                {
                    "id": GROUP,
                    "type": "relation",
                    "label": "Tier Group",
                    "modelName": "club.tier.group",
                    "includeChildren": False,
                    "defaultValueDisplayNames": [],
                }
            )
        return filters

    def _matching(self, offset=0):
        """Return by which fields the filters choose figures.

        :param offset: -1 for the period before the chosen one
        """
        found = {
            PERIOD: {"chain": "month", "type": "date", "offset": offset},
            UNIT: {"chain": "unit_id", "type": "many2one"},
        }
        if self.dashboard.has_tiers:
            found[GROUP] = {"chain": "tier_id.group_id", "type": "many2one"}
        return found

    def _add_pivot(self, name, figures, rows, columns=(), offset=0, order=None):
        """Return the number of a new pivot."""
        codes = [figure.code for figure in figures]
        measures = ["value", "base"]
        if any(figure.shape == MONEY for figure in figures):
            measures.insert(1, MEASURES[MONEY])
        key = str(len(self.pivots) + 1)
        pivot = {
            "type": "ODOO",
            "fieldMatching": self._matching(offset),
            "context": CONTEXT,
            "domain": [["code", "in", sorted(set(codes))]],
            "id": key,
            "measures": [
                {"id": measure, "fieldName": measure, "aggregator": "sum"}
                for measure in measures
            ],
            "model": MODEL,
            "name": name,
            "formulaId": key,
            "columns": [{"fieldName": column} for column in columns],
            "rows": list(rows),
        }
        if order:
            pivot["sortedColumn"] = {
                "measure": "value",
                "order": "desc",
                "domain": [{"field": "code", "type": "selection", "value": order}],
            }
        self.pivots[key] = pivot
        return key

    @staticmethod
    def _formula(figure, pivot, *place):
        """Return the formula of a figure in a pivot, at a place of it."""

        def value(measure):
            words = [f'"{measure}"', *place, '"code"', f'"{figure.code}"']
            return f"PIVOT.VALUE({pivot},{','.join(words)})"

        if figure.shape in MEASURES:
            return f"={value(MEASURES[figure.shape])}"
        return f'=IFERROR({value("value")}/{value("base")},"")'

    # === The parts === #

    def _add_cards(self):
        """Show what the period came to, against the period before."""
        cards = self.dashboard.cards
        rows = [{"fieldName": "code"}]
        now = self._add_pivot("Period", cards, rows)
        before = self._add_pivot("Period before", cards, rows, offset=-1)
        self.data["A1"] = '=_t("Figure")'
        self.data["B1"] = '=_t("Current")'
        self.data["C1"] = '=_t("Previous")'
        width = (WIDE - (len(cards) - 1) * GAP) // len(cards)
        for number, figure in enumerate(cards):
            row = number + 2
            self.data[f"A{row}"] = f'=_t("{figure.label}")'
            self.data[f"B{row}"] = self._formula(figure, now)
            self.data[f"C{row}"] = self._formula(figure, before)
            self._set_format(self.data_formats, f"B{row}:C{row}", figure)
            up, down = (
                ("#DC6965", "#00A04A") if figure.is_bad else ("#00A04A", "#DC6965")
            )
            self._add_figure(
                f"card-{figure.code}",
                (number * (width + GAP), GAP, width, CARD),
                {
                    "type": "scorecard",
                    "title": {"text": figure.label, "bold": True, "color": "#434343"},
                    "background": "#EFF6FF" if number % 2 else "#FFF7ED",
                    "keyValue": f"Data!B{row}",
                    # Odoo cuts what is too wide: sums of a year have nine digits.
                    "keyDescr": {"text": "", "fontSize": SIZES[figure.shape]},
                    "baseline": f"Data!C{row}",
                    "baselineDescr": {"text": "vs. before"},
                    "baselineMode": "percentage"
                    if figure.shape in MEASURES
                    else "difference",
                    "baselineColorUp": up,
                    "baselineColorDown": down,
                    "humanize": False,
                },
            )
        self.row = len(cards) + 2

    @staticmethod
    def _set_format(formats, cells, figure):
        """Say how cells show a figure; money is shown as its company's currency is."""
        if figure.shape in FORMATS:
            formats[cells] = FORMATS[figure.shape]

    def _add_figure(self, name, place, chart):
        key = f"club-{self.dashboard.name}-{name}"
        left, top, width, height = place
        self.figures.append(
            {
                "id": key,
                "width": width,
                "height": height,
                "tag": "chart",
                "data": {**chart, "chartId": key},
                "offset": {"x": left, "y": top},
                "col": 0,
                "row": 0,
            }
        )

    def _add_chart(self, chart, left, top):
        place = (left, top, HALF, CHART)
        add = {Trend: self._add_trend, Shares: self._add_shares}[type(chart)]
        add(chart, place)

    def _add_trend(self, chart, place):
        groups = ["month:month"]
        if chart.by or len(chart.codes) > 1:
            groups.append(chart.by or "code")
        self._add_figure(
            f"trend-{chart.codes[0]}-{chart.by or 'code'}",
            place,
            {
                "type": f"odoo_{chart.mode}",
                "title": {"text": chart.title, "bold": True, "color": "#434343"},
                "background": "#FFFFFF",
                "legendPosition": "top" if len(groups) > 1 else "none",
                "metaData": {
                    "groupBy": groups,
                    "measure": "value",
                    "order": None,
                    "resModel": MODEL,
                    "mode": chart.mode,
                },
                "searchParams": {
                    "comparison": None,
                    "context": CONTEXT,
                    "domain": [["code", "in", list(chart.codes)]],
                    "groupBy": groups,
                    "orderBy": [],
                },
                "dataSets": [{} for _code in chart.codes],
                "verticalAxisPosition": "left",
                "stacked": bool(chart.by),
                "fieldMatching": self._matching(),
            },
        )

    def _add_shares(self, chart, place):
        """Draw shares month by month: of cells, since no field has them."""
        months = [{"fieldName": "month", "granularity": "month", "order": "asc"}]
        pivot = self._add_pivot("Months", chart.figures, months, columns=["code"])
        head = self.row + 1
        for column, figure in zip("BC", chart.figures, strict=True):
            self.data[f"{column}{head}"] = f'=_t("{figure.label}")'
        for number in range(1, MONTHS + 1):
            row = head + number
            self.data[f"A{row}"] = f'=PIVOT.HEADER({pivot},"#month:month",{number})'
            for column, figure in zip("BC", chart.figures, strict=True):
                self.data[f"{column}{row}"] = self._formula(
                    figure, pivot, '"#month:month"', str(number)
                )
        last = head + MONTHS
        self.data_formats[f"A{head + 1}:A{last}"] = MONTH
        self.data_formats[f"B{head + 1}:C{last}"] = FORMATS[SHARE]
        self.row = last + 1
        self._add_figure(
            "shares",
            place,
            {
                "type": "line",
                "title": {"text": chart.title, "bold": True, "color": "#434343"},
                "background": "#FFFFFF",
                "legendPosition": "top",
                "dataSets": [
                    {"dataRange": f"Data!{column}{head}:{column}{last}"}
                    for column in "BC"[: len(chart.figures)]
                ],
                "dataSetsHaveTitle": True,
                "labelRange": f"Data!A{head}:A{last}",
                "labelsAsText": True,
                "stacked": False,
                "aggregated": False,
                "cumulative": False,
            },
        )

    def _add_table(self, table, left, first):
        """Show two figures by a field, the highest of the first one first."""
        pivot = self._add_pivot(
            table.title,
            table.figures,
            [{"fieldName": table.by}],
            columns=["code"],
            order=table.figures[0].code,
        )
        name, *columns = LETTERS[left : left + 3]
        self.cells[f"{name}{first}"] = f'=_t("{table.title}")'
        self.styles[f"{name}{first}"] = HEADING
        for column, figure in zip(columns, table.figures, strict=True):
            self.cells[f"{column}{first}"] = f'=_t("{figure.label}")'
            self.styles[f"{column}{first}"] = TITLE
        self.borders[f"{name}{first}:{columns[-1]}{first}"] = 1
        for number in range(1, TABLE_ROWS + 1):
            row = first + number
            place = (f'"#{table.by}"', str(number))
            self.cells[f"{name}{row}"] = f"=PIVOT.HEADER({pivot},{','.join(place)})"
            self.styles[f"{name}{row}"] = NAME
            for column, figure in zip(columns, table.figures, strict=True):
                self.cells[f"{column}{row}"] = self._formula(figure, pivot, *place)
                self._set_format(self.formats, f"{column}{row}", figure)


def make_files() -> dict[Path, str]:
    """Return what each file of a dashboard holds."""
    return {
        FOLDER / f"club_{dashboard.name}_dashboard.json": json.dumps(
            Maker(dashboard).make(), indent=2
        )
        + "\n"
        for dashboard in DASHBOARDS
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in make_files().items():
        path.write_text(text)
