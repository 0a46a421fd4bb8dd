"""An activity's application, programme of the day and summary."""

from dataclasses import dataclass, replace
from datetime import datetime

from odoo import api, fields, models

from ..kernel.guest_states import ATTENDED, PROPOSED, SEATED
from ..models.activity.club_activity_briefing import PRESENT
from ..models.activity.cost_table import CostRow, get_cost_rows
from ..models.record.names import join


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the programme, in local time."""

    time_from: datetime
    time_to: datetime | None
    what: str
    place: str
    who: str
    duty: str
    transport: str
    materials: str


@dataclass(frozen=True, slots=True)
class Programme:
    """The day of an activity, for those who run it."""

    activity: models.BaseModel
    company: models.BaseModel
    date_begin: datetime
    date_end: datetime
    responsible: str
    points: tuple[Point, ...]
    duties: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What a unit bears of the costs."""

    unit: str
    percent: float
    amount: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of an activity: guests, costs, satisfaction."""

    activity: models.BaseModel
    company: models.BaseModel
    date_begin: datetime
    date_end: datetime
    type_name: str
    unit: str
    organiser: str
    tier: str
    stage: str
    invited: int
    confirmed: int
    attended: int
    accounts: int
    briefed: int
    to_brief: int
    costs: tuple[CostRow, ...]
    shares: tuple[Share, ...]
    photos: models.BaseModel


PHOTOS_PRINTED = 6


class ClubActivitySheets(models.AbstractModel):
    """Collects an activity's papers; PDF and sheet only walk them. Rules E3, E4."""

    _name = "club.activity.sheets"
    _description = "Papers of Activities"

    # === Application === #

    @api.model
    def _get_application_data(self, activities):
        """Return the signature sheets of applications, and what they came to since."""
        sheets = self.env["club.signature.sheet"]._get_sheet_data(activities)
        return [
            replace(
                sheet,
                # Its title says what it is, in the plan or outside.
                document_type="",
                facts=(*sheet.facts, *self._get_more_facts(activity)),
            )
            for activity, sheet in zip(activities, sheets, strict=True)
        ]

    def _get_more_facts(self, activity):
        sheets = self.env["club.signature.sheet"]

        def pair(name):
            field = activity._fields[name]
            label = field._description_string(self.env)
            return label, sheets._format_value(activity, field)

        yield pair("cost_estimate")
        yield pair("user_id")
        if not activity.is_planned:
            yield self.env._("Plan"), self.env._("Outside the plan")
        # sudo: nobody has rights on requests; whoever reads the activity may know them
        signed = (activity.sudo().approval_request_id.content or {}).get("date_begin")
        begins = fields.Datetime.to_datetime(signed or None)
        if begins and begins != activity.date_begin:
            yield self.env._("Moved since, from"), activity._get_time_text(begins)

    # === Programme === #

    @api.model
    def _get_programme_data(self, activities):
        """Return a `Programme` for each activity that the user may read."""
        activities.check_access("read")
        return [self._prepare_programme(activity) for activity in activities]

    def _prepare_programme(self, activity):
        # sudo: a paper names units, people and companies, whoever prints it
        duties = {}
        for point in activity.programme_ids:
            if point.user_id:
                duty = point.duty or point.name
                duties.setdefault(point.user_id.sudo().name, []).append(duty)
        return Programme(
            activity=activity,
            company=activity.company_id.sudo(),
            date_begin=activity.company_id._club_local(activity.date_begin),
            date_end=activity.company_id._club_local(activity.date_end),
            responsible=activity.user_id.sudo().name or "",
            points=tuple(map(self._prepare_point, activity.programme_ids)),
            duties=tuple((name, tuple(found)) for name, found in duties.items()),
        )

    def _prepare_point(self, point):
        # sudo: a paper names units, people and companies, whoever prints it
        local = point.activity_id.company_id._club_local
        return Point(
            time_from=local(point.time_from),
            time_to=local(point.time_to) if point.time_to else None,
            what=point.name,
            place=point.place or "",
            who=join(
                self.env, filter(None, (point.user_id.sudo().name, point.helpers))
            ),
            duty=point.duty or "",
            transport=point.transport or "",
            materials=point.materials or "",
        )

    # === Summary === #

    @api.model
    def _get_summary_data(self, activities):
        """Return a `Summary` for each activity that the user may read."""
        activities.check_access("read")
        guests = self._get_guests(activities)
        costs = get_cost_rows(activities)
        return [
            self._prepare_summary(activity, guests[activity.id], costs[activity])
            for activity in activities
        ]

    def _get_guests(self, activities):
        """Return how many guests and accounts there were, whoever looks after them."""
        result = {
            activity.id: {"invited": 0, "confirmed": 0, "attended": 0, "accounts": 0}
            for activity in activities
        }
        # sudo: totals only; names of guests are for those who look after them
        guests_sudo = self.env["club.invitation"].sudo()
        for activity, state, count, accounts in guests_sudo._read_group(
            [("activity_id", "in", activities.ids), ("state", "!=", PROPOSED)],
            ["activity_id", "state"],
            ["__count", "account_id:count_distinct"],
        ):
            counts = result[activity.id]
            counts["invited"] += count
            if state in SEATED:
                counts["confirmed"] += count
            if state == ATTENDED:
                counts["attended"], counts["accounts"] = count, accounts
        return result

    def _prepare_summary(self, activity, guests, costs):
        # sudo: a paper names units, people and companies, whoever prints it
        label = self.env["club.signature.sheet"]._format_value
        names = activity._fields
        briefed = activity.briefing_ids
        photos = activity.photo_ids._filtered_access("read")
        images = photos.filtered(
            lambda photo: (photo.mimetype or "").startswith("image/")
        )
        return Summary(
            activity=activity,
            company=activity.company_id.sudo(),
            date_begin=activity.company_id._club_local(activity.date_begin),
            date_end=activity.company_id._club_local(activity.date_end),
            type_name=activity.type_id.name,
            unit=activity.unit_id.sudo().name,
            organiser=label(activity, names["organiser"]),
            tier=activity.tier_id.sudo().display_name or "",
            stage=label(activity, names["stage"]),
            **guests,
            briefed=len(briefed.filtered(lambda row: row.state == PRESENT)),
            to_brief=len(briefed),
            costs=tuple(costs),
            shares=tuple(
                Share(share.unit_id.sudo().name, share.percent, share.amount)
                for share in activity.share_ids
            ),
            photos=images[:PHOTOS_PRINTED],
        )


class ReportClubActivityApplication(models.AbstractModel):
    _name = "report.crm_club.club_activity_application"
    _description = "Activity Application Report"
    _inherit = ["club.report.mixin"]

    _source = "club.activity"
    _papers = "sheets"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        return {**values, "title": self.env._("Activity Application")}

    def _get_papers(self, activities, data):
        return self.env["club.activity.sheets"]._get_application_data(activities)


class ReportClubActivityProgramme(models.AbstractModel):
    _name = "report.crm_club.club_activity_programme"
    _description = "Programme of the Day Report"
    _inherit = ["club.report.mixin"]

    _source = "club.activity"
    _papers = "programmes"

    def _get_papers(self, activities, data):
        return self.env["club.activity.sheets"]._get_programme_data(activities)


class ReportClubActivitySummary(models.AbstractModel):
    _name = "report.crm_club.club_activity_summary"
    _description = "Activity Summary Report"
    _inherit = ["club.report.mixin"]

    _source = "club.activity"
    _papers = "summaries"

    def _get_papers(self, activities, data):
        return self.env["club.activity.sheets"]._get_summary_data(activities)
