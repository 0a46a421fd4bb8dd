"""A bulletin's figures in words and as tables: what screen and paper only walk."""

from dataclasses import dataclass, field

from odoo import fields
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...kernel import bulletin
from ..record.names import get_labels, join
from .bulletin_sections import (
    BY_TIER,
    BY_UNIT,
    COUNT,
    MEAN,
    MONEY,
    POINTS,
    SHAPES,
    SHARE,
    share,
)

NAMED = 3  # accounts and units named in a sentence


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section: all of it text, the first column is what a row is about."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[str, ...] = field(default=())


class BulletinText:
    """Says the figures of a bulletin in the language of ``env``.

    :param currency: that of the company
    """

    def __init__(self, env, currency):
        self.env = env
        self.currency = currency
        self.labels = get_labels(env["club.figure"], "code")

    # === Figures === #

    def show(self, code, pair):
        """Return a figure as it is shown, a dash where there is none."""
        if pair is None:
            return "–"
        value, base = pair
        shape = SHAPES.get(code, COUNT)
        if shape in (SHARE, MEAN) and not base:
            return "–"
        if shape == SHARE:
            return self.env._(
                "%(share)s %% (%(value)s of %(base)s)",
                share=self._number(share(pair) * bulletin.FULL, 1),
                value=self._number(value),
                base=self._number(base),
            )
        if shape == MEAN:
            return self._number(share(pair), 2)
        if shape == MONEY:
            return formatLang(self.env, value, currency_obj=self.currency)
        return self._number(value, 2 if shape == POINTS and value % 1 else 0)

    def compare(self, code, now, before):
        """Return how a figure stands against another, with its sign."""
        if now is None or before is None:
            return "–"
        shape = SHAPES.get(code, COUNT)
        if shape in (SHARE, MEAN):
            if not (now[1] and before[1]):
                return "–"
            factor = bulletin.FULL if shape == SHARE else 1
            change = (share(now) - share(before)) * factor
            if shape == MEAN:
                return self._signed(change, 2)
            return self.env._("%s pp", self._signed(change, 1))
        change = bulletin.growth(now[0], before[0])
        return "–" if change is None else f"{self._signed(change, 1)} %"

    def _number(self, value, digits=0):
        return formatLang(self.env, value or 0, digits=digits)

    def _signed(self, value, digits):
        text = self._number(abs(value), digits)
        rounded = round(value, digits)
        return f"{'+' if rounded > 0 else '−' if rounded < 0 else '±'}{text}"

    # === Tables === #

    def get_tables(self, kind, figures):
        """Return the tables of a section's figures, none where it has none."""
        tables = []
        if figures.get("rows"):
            tables.append(self._get_rows(figures["rows"]))
        if figures.get("tiers"):
            tables.append(
                self._get_matrix(self.env._("Tier"), BY_TIER, figures["tiers"])
            )
        if figures.get("units"):
            tables.append(self._get_ranking(figures["units"]))
        if figures.get("targets"):
            tables.append(self._get_targets(figures["targets"]))
        if figures.get("promoted"):
            tables.append(self._get_promoted(figures["promoted"]))
        return tables

    def _get_rows(self, rows):
        return Table(
            head=(
                self.env._("Figure"),
                self.env._("This period"),
                self.env._("Period before"),
                self.env._("vs. before"),
                self.env._("Same period last year"),
                self.env._("vs. last year"),
            ),
            rows=tuple(
                (
                    self._get_label(row),
                    self.show(row["code"], row["now"]),
                    self.show(row["code"], row["before"]),
                    self.compare(row["code"], row["now"], row["before"]),
                    self.show(row["code"], row["last"]),
                    self.compare(row["code"], row["now"], row["last"]),
                )
                for row in rows
            ),
            widths=("20%", "20%", "18%", "12%", "18%", "12%"),
        )

    def _get_label(self, row):
        """Return what a figure is called; of points with its program, if need be."""
        label = self.labels.get(row["code"], row["code"])
        return " · ".join(filter(None, (label, row.get("program"))))

    def _get_matrix(self, title, codes, rows):
        return Table(
            head=(title, *(self.labels[code] for code in codes)),
            rows=tuple(
                (row["name"], *(self.show(code, row[code]) for code in codes))
                for row in rows
            ),
        )

    def _get_ranking(self, units):
        """Return the units in their order: the place stands before the name."""
        head = self._get_matrix(self.env._("Unit"), BY_UNIT, units)
        return Table(
            head=(self.env._("Rank and unit"), *head.head[1:]),
            rows=tuple(
                (f"{unit['rank']}. {row[0]}", *row[1:])
                for unit, row in zip(units, head.rows, strict=True)
            ),
        )

    def _get_targets(self, targets):
        kinds = get_labels(self.env["club.target"], "kind")
        return Table(
            head=(
                self.env._("Unit and target"),
                self.env._("Target Set"),
                self.env._("Actual"),
                self.env._("Attained"),
            ),
            rows=tuple(
                (
                    " · ".join(filter(None, (unit, kinds.get(kind, kind), of))),
                    self._number(amount),
                    self._number(actual),
                    f"{self._number(actual / amount * bulletin.FULL, 1)} %"
                    if amount
                    else "–",
                )
                for unit, kind, of, amount, actual in targets
            ),
        )

    def _get_promoted(self, promoted):
        return Table(
            head=(
                self.env._("Account"),
                self.env._("Tier before"),
                self.env._("Tier now"),
                self.env._("Since"),
            ),
            rows=tuple(
                (name, before, tier, format_date(self.env, fields.Date.to_date(day)))
                for name, before, tier, day in promoted
            ),
        )

    # === Words === #

    def get_sentences(self, kind, figures, period):
        """Return the paragraphs that are proposed for a section.

        :param period: the name of the bulletin's period
        """
        rows = {}
        for row in figures.get("rows", ()):
            rows.setdefault(row["code"], row)  # of points, the main program's
        say = getattr(self, f"_say_{kind}", None)
        return [text for text in say(rows, figures, period) if text] if say else []

    def _now(self, rows, code):
        """Return a figure as a sentence says it: what didn't happen is 0."""
        return self.show(code, rows[code]["now"] or (0, 0))

    def _pair(self, rows, code):
        """Return value and base of a share as numbers."""
        value, base = rows[code]["now"] or (0, 0)
        return self._number(value), self._number(base)

    def _say_against(self, rows, code):
        row = rows[code]
        before = self.compare(code, row["now"], row["before"])
        last = self.compare(code, row["now"], row["last"])
        label = self.labels[code]
        if before != "–" and last != "–":
            return self.env._(
                "%(figure)s: %(before)s against the period before, %(last)s against "
                "the same period last year.",
                figure=label,
                before=before,
                last=last,
            )
        if before != "–":
            return self.env._(
                "%(figure)s: %(before)s against the period before.",
                figure=label,
                before=before,
            )
        if last != "–":
            return self.env._(
                "%(figure)s: %(last)s against the same period last year.",
                figure=label,
                last=last,
            )
        return ""

    def _say_members(self, rows, figures, period):
        yield self.env._(
            "Members at the end of %(period)s: %(members)s. Joined: %(joined)s, "
            "left: %(left)s, promoted: %(promoted)s, moved down: %(demoted)s.",
            period=period,
            **{code: self._now(rows, code) for code in BY_TIER[:-1]},
        )
        yield self._say_against(rows, "members")

    def _say_revenue(self, rows, figures, period):
        points = {}
        for row in figures["rows"]:
            if "program" in row:
                points.setdefault(row["program"], {})[row["code"]] = row
        if len(points) > 1:
            yield from self._say_programs(rows, points, period)
            return
        yield self.env._(
            "Revenue of %(period)s was %(revenue)s. %(accrued)s points were accrued, "
            "%(redeemed)s redeemed; %(balance)s are outstanding.",
            period=period,
            revenue=self._now(rows, "revenue"),
            accrued=self._now(rows, "points_accrued"),
            redeemed=self._now(rows, "points_redeemed"),
            balance=self._now(rows, "points_balance"),
        )
        yield self._say_against(rows, "revenue")

    def _say_programs(self, rows, points, period):
        """Say the points of each program by themselves. Rule A9."""
        yield self.env._(
            "Revenue of %(period)s was %(revenue)s.",
            period=period,
            revenue=self._now(rows, "revenue"),
        )
        for program, found in points.items():
            yield self.env._(
                "%(program)s: %(accrued)s points were accrued, %(redeemed)s redeemed; "
                "%(balance)s are outstanding.",
                program=program,
                accrued=self._now(found, "points_accrued"),
                redeemed=self._now(found, "points_redeemed"),
                balance=self._now(found, "points_balance"),
            )
        yield self._say_against(rows, "revenue")

    def _say_targets(self, rows, figures, period):
        targets = figures.get("targets", [])
        reached = [row for row in targets if row[3] and row[4] >= row[3]]
        if targets:
            yield self.env._(
                "Targets of units reached: %(reached)s of %(all)s.",
                reached=self._number(len(reached)),
                all=self._number(len(targets)),
            )

    def _say_care(self, rows, figures, period):
        done, due = self._pair(rows, "contacts_on_time")
        verified, asked = self._pair(rows, "verified_on_time")
        yield self.env._(
            "Contacts made in time: %(done)s of %(due)s; visits recorded: "
            "%(visits)s. Months that units verified in time: %(verified)s of "
            "%(asked)s.",
            done=done,
            due=due,
            visits=self._now(rows, "visits"),
            verified=verified,
            asked=asked,
        )
        units = figures.get("units", [])
        if len(units) > 1:
            yield self.env._(
                "First: %s.",
                join(self.env, [unit["name"] for unit in units if unit["rank"] == 1]),
            )

    def _say_activities(self, rows, figures, period):
        held, planned = self._pair(rows, "activities_held")
        came, confirmed = self._pair(rows, "attendance")
        yield self.env._(
            "Planned activities held: %(held)s of %(planned)s. Guests who had "
            "confirmed and came: %(came)s of %(confirmed)s.",
            held=held,
            planned=planned,
            came=came,
            confirmed=confirmed,
        )
        if self._now(rows, "satisfaction") != "–":
            yield self.env._(
                "Mean satisfaction was %s.", self._now(rows, "satisfaction")
            )

    def _say_complaints(self, rows, figures, period):
        yield self.env._(
            "Complaints received: %(new)s, closed: %(closed)s. Accounts at risk: "
            "%(risk)s.",
            new=self._now(rows, "complaints"),
            closed=self._now(rows, "complaints_closed"),
            risk=self._now(rows, "at_risk"),
        )

    def _say_worth(self, rows, figures, period):
        redeemed, issued = self._pair(rows, "vouchers")
        won, referred = self._pair(rows, "referrals")
        yield self.env._(
            "Rewards redeemed: %(rewards)s; spent on accounts: %(costs)s. Vouchers "
            "redeemed: %(redeemed)s of %(issued)s; referrals won: %(won)s of "
            "%(all)s.",
            rewards=self._now(rows, "redemptions"),
            costs=self._now(rows, "costs"),
            redeemed=redeemed,
            issued=issued,
            won=won,
            all=referred,
        )

    def _say_promotions(self, rows, figures, period):
        promoted = figures.get("promoted", [])
        if not promoted:
            yield self.env._("No account was promoted to a higher membership tier.")
            return
        count = self._number(figures["count"])
        named = dict.fromkeys(name for name, *_others in promoted)
        names = join(self.env, list(named)[:NAMED])
        if figures["count"] <= NAMED:
            yield self.env._(
                "Accounts promoted to a higher membership tier: %(count)s (%(names)s).",
                count=count,
                names=names,
            )
            return
        yield self.env._(
            "Accounts promoted to a higher membership tier: %(count)s, among them "
            "%(names)s.",
            count=count,
            names=names,
        )
