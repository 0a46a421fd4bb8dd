from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..kernel.written import get_written
from ..models.contact.anonymise import Anonymiser
from ..models.contact.club_anonymisation import CAUSES
from ..models.record.accounts import active_record
from ..models.record.groups import OFFICER
from ..models.record.rpc import for_one


class ClubContactAnonymise(models.TransientModel):
    """The dialog in which a club officer anonymises a person, for good.

    Says beforehand what will go and what will stay, or why it can't be done.
    """

    _name = "club.contact.anonymise"
    _description = "Anonymise a Contact"
    _inherit = ["club.guard.mixin"]

    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_contact_id(),
    )
    is_company = fields.Boolean(related="contact_id.is_company")
    is_sole_trader = fields.Boolean(
        "One Person's Business",
        help="The account is a business of one person, so its name is a person's.",
    )
    cause = fields.Selection(CAUSES, "Reason", required=True, default="request")
    reference = fields.Char(
        "Reference of the Request",
        help="Number under which the request was filed. It stays in the log: no names.",
    )
    refusal = fields.Char(compute="_compute_effects")
    was_account = fields.Boolean(compute="_compute_effects")
    entry_count = fields.Integer(compute="_compute_effects")
    profile_count = fields.Integer(compute="_compute_effects")
    message_count = fields.Integer(compute="_compute_effects")
    value_count = fields.Integer(compute="_compute_effects")
    file_count = fields.Integer(compute="_compute_effects")
    is_understood = fields.Boolean("It can't be undone: I made sure of who asks.")

    @api.model
    def _default_contact_id(self):
        """Return the contact on the screen, or whose profile it is."""
        profile = active_record(self.env, "club.contact.profile")
        return profile.contact_id or active_record(self.env, "res.partner")

    @api.depends("contact_id", "is_sole_trader")
    def _compute_effects(self):
        self._check_officer()
        for dialog in self:
            contact = dialog.contact_id
            contact.check_access("write")
            dialog.refusal = dialog._get_refusal()
            effects = Anonymiser(contact).count() if not dialog.refusal else {}
            for name in ("was_account", "entry_count", "profile_count"):
                dialog[name] = effects.get(name, 0)
            for name in ("message_count", "value_count", "file_count"):
                dialog[name] = effects.get(name, 0)

    # === Whether it may be done === #

    def _check_officer(self):
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._("Contacts are anonymised by a club officer only.")
            )

    def _get_refusal(self):
        """Return why the contact can't be anonymised, False when it can."""
        # sudo: records of all companies name the person
        self.ensure_one()
        contact = self.contact_id
        name = contact.display_name
        contact_sudo = contact.sudo().with_context(active_test=False)
        if contact.club_is_anonymised:
            return self.env._("%s was anonymised already.", name)
        if contact_sudo.user_ids:
            return self.env._(
                "%s has a login: an administrator deletes or reassigns the user first.",
                name,
            )
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        if companies.search_count([("partner_id", "=", contact.id)], limit=1):
            return self.env._("%s is a company of this database.", name)
        if contact.is_company and (refusal := self._get_company_refusal(name)):
            return refusal
        if not self._is_in_club():
            return self.env._(
                "%s is no contact of an account of the club in this company.", name
            )
        if self._is_elsewhere():
            return self.env._(
                "Another company has records of %s as well: somebody who works in all "
                "of them, and has chosen them, anonymises the contact.",
                name,
            )
        return False

    def _get_company_refusal(self, name):
        """An account goes on as a company; one that is a person's business may not."""
        # sudo: records of all companies name the person
        contact_sudo = self.contact_id.sudo().with_context(active_test=False)
        if self.is_sole_trader:
            people = contact_sudo.child_ids.filtered(
                lambda child: child.type == "contact" and not child.club_is_anonymised
            )
            return people and self.env._(
                "%s has contacts of its own, so it isn't one person's business: "
                "anonymise or move them first.",
                name,
            )
        entries = self.env["club.points.entry"].sudo()
        if entries.search_count([("account_id", "=", contact_sudo.id)], limit=1):
            return self.env._(
                "%s is an account with points entries, and a company isn't anonymised: "
                "anonymise its contacts one by one. If it is one person's business, "
                "say so.",
                name,
            )
        return self.env._(
            "%s is a company: anonymise its contacts one by one, or archive it. If it "
            "is one person's business, say so.",
            name,
        )

    def _is_in_club(self):
        """Tell whether the club of a company that one has chosen knows the person."""
        # sudo: records of all companies name the person
        chosen = self.env.companies
        account = self.contact_id.sudo().commercial_partner_id
        if any(
            account.with_company(company).club_manager_id
            or account.with_company(company).club_unit_id
            for company in chosen
        ):
            return True
        known = self._get_records(self.contact_id.sudo()) | self._get_records(account)
        return bool(known & chosen)

    def _is_elsewhere(self):
        """Tell whether a company has records of the person that one hasn't chosen."""
        contact_sudo = self.contact_id.sudo()
        companies = self._get_records(contact_sudo) | contact_sudo.company_id
        for model, link in (
            ("account.move.line", "partner_id"),
            ("crm.lead", "partner_id"),
        ):
            companies |= self._get_companies(model, link, contact_sudo)
        return bool(companies - self.env.companies)

    def _get_records(self, partner_sudo):
        """Return the companies whose club has records of a person or an account."""
        # sudo: records of all companies name the person
        companies = self.env["res.company"].sudo()
        for model, link in (
            ("club.contact.profile", "contact_id"),
            ("club.contact.profile", "account_id"),
            ("club.membership", "account_id"),
            ("club.agreement", "account_id"),
            ("club.redemption", "account_id"),
            ("club.invitation", "contact_id"),
            ("club.invitation", "account_id"),
        ):
            companies |= self._get_companies(model, link, partner_sudo)
        runs = (
            self.env["club.points.entry"]
            .sudo()
            ._read_group([("account_id", "=", partner_sudo.id)], ["run_id"])
        )
        return companies.union(*(run.company_id for (run,) in runs))

    def _get_companies(self, model, link, partner_sudo):
        # sudo: records of all companies name the person
        records = self.env[model].sudo().with_context(active_test=False)
        groups = records._read_group([(link, "=", partner_sudo.id)], ["company_id"])
        return self.env["res.company"].sudo().union(*(found for (found,) in groups))

    # === Doing it === #

    @for_one
    def action_anonymise(self):
        """Erase the person, write the log and show what is left of the contact."""
        # sudo: the right was asked; two at once wait for each other
        self.ensure_one()
        self._check_officer()
        contact = self.contact_id
        contact.check_access("write")
        # Two officers at once: the second one finds it done.
        contact.sudo().lock_for_update()
        contact.invalidate_recordset()
        if refusal := self._get_refusal():
            raise UserError(refusal)
        self._check_said()
        counts = Anonymiser(contact).run()
        logs_sudo = self.env["club.anonymisation"].sudo()
        log_sudo = logs_sudo._create_guarded(
            {
                "contact_number": contact.id,
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
                "done_at": fields.Datetime.now(),
                "cause": self.cause,
                "reference": get_written(self.reference),
                **counts,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": log_sudo._name,
            "res_id": log_sudo.id,
            "views": [[False, "form"]],
        }

    def _check_said(self):
        """What goes to the log is there, and names nobody."""
        # sudo: what he typed is compared with what is there
        reference = get_written(self.reference)
        if not reference:
            raise UserError(
                self.env._("Enter the reference under which the request was filed.")
            )
        if not self.is_understood:
            raise UserError(
                self.env._(
                    "Anonymising can't be undone: confirm that you made sure of who "
                    "asks for it."
                )
            )
        contact = self.contact_id.sudo()
        for word in (contact.name, contact.email, contact.phone):
            if word and word.lower() in reference.lower():
                raise UserError(
                    self.env._(
                        "The reference stays in the log for good: put a number there, "
                        "not “%s”.",
                        word,
                    )
                )
