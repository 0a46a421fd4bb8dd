"""One to-do a user for the clock in the bar: how much he owes today."""

from collections import Counter

from markupsafe import Markup

from odoo.fields import Domain

from ..record.reader import by_language

KIND = "crm_club.mail_act_club_today"


class TodayTodos:
    """The to-dos that say how much is due, and how much of it late.

    They hang on no record, so that nobody follows anything for them, and nothing is
    mailed. All is read and written as superuser: they are other users'.

    :param today: `club.today`
    """

    def __init__(self, today):
        # sudo: everybody with something to do is told, at night
        self._today_sudo = today.sudo()
        self._todos_sudo = self._today_sudo.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        data = self._today_sudo.env["ir.model.data"]
        self._kind_id = data._xmlid_to_res_id(KIND, raise_if_not_found=True)

    def refresh(self):
        """Bring them in step with what is owed; who owes nothing has none."""
        due, late = self._count()
        todos_sudo = self._todos_sudo.search([("activity_type_id", "=", self._kind_id)])
        users = due.keys()
        todos_sudo.filtered(lambda todo: todo.user_id not in users).unlink()
        there = todos_sudo.exists().grouped("user_id")
        missing, changed = [], {}
        for records, readers in by_language(self._today_sudo, self._union(users)):
            for user in readers:
                values = _prepare(records.env, due[user], late[user])
                if user in there:
                    changed.setdefault(tuple(values.items()), []).append(there[user])
                else:
                    missing.append({**values, "user_id": user.id})
        for values, todos in changed.items():
            self._todos_sudo.union(*todos).write(dict(values))
        common = {"activity_type_id": self._kind_id, "automated": True}
        self._todos_sudo.create([{**common, **values} for values in missing])

    def _count(self):
        """Return how much each user owes by today, and how much of it is late, in all
        companies, each by its own clock.
        """
        due, late = Counter(), Counter()
        for company in self._today_sudo.env["res.company"].search([]):
            rows = self._today_sudo.with_company(company)
            whose = Domain("company_id", "=", company.id)
            whose &= Domain("user_id.active", "=", True)
            today = company._club_today()
            for counter, condition in (
                (due, Domain("date_due", "<=", today)),
                (late, Domain("date_due", "<", today)),
            ):
                found = rows._read_group(whose & condition, ["user_id"], ["__count"])
                counter.update({user.with_env(rows.env): n for user, n in found})
        return due, late

    def _union(self, users):
        return self._today_sudo.env["res.users"].union(*users)


def _prepare(env, due, late):
    """Return what a to-do says, in the language of an environment."""
    today = env.company._club_today()
    link = Markup('<a href="/odoo/club-today">%s</a>') % env._("Open the list")
    return {
        "summary": env._("Today: %(due)s due, %(late)s late", due=due, late=late),
        "note": link,
        "date_deadline": today,
    }
