from ...models.record.lock import LOCK
from ..common import TODAY


class AuditSamples:
    """The rights table: samples, findings and checks of the audit."""

    def make_audit(self):
        sample = self.make("club.audit.sample", program_id=self.program)
        sample.with_context(club_lock=LOCK).state = "drawn"
        line = self.make(
            "club.audit.line",
            sample_id=sample,
            company_id=self.company,
            entry_id=self.entry,
            account_id=self.account,
            kind="bonus",
        )
        # No form allows it: another company's finding that he is to answer.
        self.insert(
            "club.audit.finding",
            name="Rights",
            sample_id=sample,
            line_id=line,
            company_id=self.company,
            severity="minor",
            owner_id=self.owner,
            date_deadline=TODAY,
            state="open",
        )
        self.insert(
            "club.change",
            company_id=self.company,
            kind="changed",
            res_model="club.alias",
            res_id=1,
        )
        check = self.make(
            "club.integrity.check", program_id=self.program, checked_at=TODAY
        )
        self.make(
            "club.integrity.line",
            check_id=check,
            company_id=self.company,
            kind="tier",
            severity="error",
            account_id=self.account,
        )
