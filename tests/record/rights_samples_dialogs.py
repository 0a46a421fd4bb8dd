from odoo import Command

from ..common import month

# The place of records of another company.
COMPANY = "company"


class DialogSamples:
    """The rights table: what is typed into dialogs."""

    def make_dialogs(self):
        """A dialog is nobody's but his who opened it: in another company, another's."""
        if self.name == COMPANY:
            self.owner = self.case.stranger
        tried = self.make(
            "club.what.if",
            program_id=self.program,
            tier_line_ids=[Command.create({"tier_id": self.tier.id})],
            rate_line_ids=[
                Command.create({"category_id": self.category.id, "value": 1})
            ],
        )
        self.add(tried.tier_line_ids)
        self.add(tried.rate_line_ids)
        self.make(
            "club.what.if.move",
            what_if_id=tried,
            account_id=self.account,
            group_id=self.group,
            direction="up",
        )
        self.make("club.program.setup", name="New", company_id=self.company)
        self.make(
            "club.standing.wizard", account_id=self.account, program_id=self.program
        )
        upload = self.make("club.revenue.upload", company_id=self.company, file="QQ==")
        self.make(
            "club.revenue.upload.column",
            upload_id=upload,
            heading="客户",
            column="account",
        )
        naming = self.make("club.revenue.naming", company_id=self.company)
        self.make("club.revenue.naming.line", naming_id=naming, name="Who")
        self.make(
            "club.control.paste",
            company_id=self.company,
            month=month("2026-03"),
            text="Letters;1",
        )
        self.make(
            "club.revenue.settle",
            line_ids=[Command.set(self.made["club.revenue.line"].ids)],
        )
        self.make("club.approval.decision", res_model="club.points.rate", res_id=1)
        self.make("club.contact.anonymise", contact_id=self.contact)
        self.make("club.duty.waiver", duty_id=self.made["club.duty"], reason="Rights")
        self.make(
            "club.tariff.end", tariff_id=self.made["club.tariff"], reason="Rights"
        )
        self.make("club.coupon.redeem", code="RIGHTS")
        self.make("club.voucher.redemption", code="Rights")
        self.make("club.contact.print", month=month("2026-03"))
        self.make("club.target.proposal", company_id=self.company)
        self.make("club.manager.report", month=month("2026-03"))
        self.make("club.year.report", year=2026)
        self.make(
            "club.scorecard.draw", template_id=self.made["club.scorecard.template"]
        )
        self.make(
            "club.activity.change",
            activity_id=self.made["club.activity"],
            reason="Rights",
        )
        self.make("club.activity.copy", activity_id=self.made["club.activity"])
        self.make("club.card.step", card_ids=[Command.set(self.made["club.card"].ids)])
        load = self.make("club.day.load", year=2027)
        self.add(load.line_ids[:1])
        self._make_survey_dialogs()
        self.make_cooperation_dialogs()
