"""What must hold after any call over RPC, whoever made it."""

from odoo.tools import SQL

from ...models.approval.states import APPROVED, DONE, SIGNED, WAITING


class Watch:
    """Looks at the club's tables before and after calls.

    :param env: as superuser
    :param other: a company in which no caller works
    """

    def __init__(self, env, other):
        self.env = env
        self.other = other
        club = [
            env[name]
            for name, cls in sorted(env.registry.items())
            if name.startswith("club.") and cls._auto and not cls._abstract
        ]
        self.tables = [model._table for model in club if not model._transient]
        self.company_tables = [
            model._table
            for model in club
            if "company_id" in model._fields and model._fields["company_id"].store
        ]
        self.documents = [
            env[name]
            for name, cls in env.registry.items()
            if hasattr(cls, "_approval_guarded") and not cls._abstract
        ]
        self.ledger = self._print_ledger()
        self.others = self._print_others()
        self.all = self.print_all()
        self.in_effect = self._find_in_effect()
        self.waiting = self._find_waiting()
        self.signed = self._find_signed()

    # === Fingerprints === #

    def count_writes(self):
        """Return how many rows were written in this transaction so far, undone or not.

        The same number twice: nothing was written in between.
        """
        self.env.cr.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()[0]

    def print_all(self):
        """Return the fingerprint of each table of the club."""
        return self._print({table: SQL("TRUE") for table in self.tables})

    def _print_others(self):
        other = SQL("company_id = %s", self.other.id)
        return self._print(dict.fromkeys(self.company_tables, other))

    def _print_ledger(self):
        """Return the fingerprints of the entries posted at first."""
        self.env.cr.execute("SELECT id FROM club_points_run WHERE state = 'posted'")
        if not hasattr(self, "posted"):
            self.posted = [run_id for (run_id,) in self.env.cr.fetchall()]
        condition = SQL("run_id = ANY(%s)", self.posted)
        return self._print({"club_points_entry": condition})

    def _print(self, conditions):
        self.env.cr.execute(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, md5(string_agg(t::text, '' ORDER BY id))"
                    " FROM %s t WHERE %s",
                    table,
                    SQL.identifier(table),
                    condition,
                )
                for table, condition in conditions.items()
            )
        )
        return dict(self.env.cr.fetchall())

    # === Approvals === #

    def _find_in_effect(self):
        """Return the documents that are approved or in effect."""
        done = [("approval_state", "in", (APPROVED, DONE))]
        return {
            (documents._name, key)
            for documents in self._get_all_documents()
            for key in documents.search(done).ids
        }

    def _find_waiting(self):
        """Return what documents say that wait for signatures."""
        found = {}
        for documents in self._get_all_documents():
            waiting = documents.search(
                [
                    ("approval_state", "=", WAITING),
                    ("approval_request_id.digest", "!=", False),
                ]
            )
            for key, content in waiting._get_approval_contents().items():
                # Which way it goes may change with the tiers: then it is refused.
                del content["type"]
                found[documents._name, key] = content
        return found

    def _find_signed(self):
        signatures = self.env["club.approval.signature"].search(
            [("state", "=", SIGNED)]
        )
        return {signature.id: signature.signer_id.id for signature in signatures}

    def _get_all_documents(self):
        return [model.with_context(active_test=False) for model in self.documents]

    # === What must hold === #

    def find_faults(self, user, may_write):
        """Return sentences on what shouldn't be so after calls of the user."""
        self.env.invalidate_all()
        faults = []
        if not may_write and (changed := _differ(self.all, self.print_all())):
            faults.append(f"changed by who has no right: {changed}")
        if changed := _differ(self.others, self._print_others()):
            faults.append(f"changed in another company: {changed}")
        if self._print_ledger() != self.ledger:
            faults.append("posted entries changed")
        programs = self.env["club.points.run"].browse(self.posted).program_id
        if broken := [p.name for p in programs if p._find_broken_run()]:
            faults.append(f"the ledger's chain is broken: {broken}")
        return faults + self._find_signing_faults(user) + self._find_overlaps()

    def _find_signing_faults(self, user):
        faults = []
        for model, key in self._find_in_effect() - self.in_effect:
            request = self.env[model].browse(key).approval_request_id
            states = set(request.signature_ids.mapped("state"))
            if not request or SIGNED not in states or "open" in states:
                faults.append(f"in effect without signatures: {model} {key}")
        now = self._find_waiting()
        for name, content in self.waiting.items():
            if now.get(name, content) != content:
                faults.append(f"changed while it waits for signatures: {name}")
        for key, signer in self._find_signed().items():
            if key in self.signed:
                continue
            signature = self.env["club.approval.signature"].browse(key)
            if signer != user.id or signature.request_id.applicant_id == user:
                faults.append(f"signed for somebody else, or by its applicant: {key}")
        if gone := self.signed.keys() - self._find_signed().keys():
            faults.append(f"signatures are gone: {gone}")
        return faults

    def _find_overlaps(self):
        self.env.cr.execute(
            """
            SELECT a.id, b.id FROM club_membership a JOIN club_membership b
                ON a.account_id = b.account_id AND a.group_id = b.group_id
               AND a.id < b.id AND a.state = 'valid' AND b.state = 'valid'
               AND daterange(a.date_from, a.date_to, '[]')
                   && daterange(b.date_from, b.date_to, '[]')
            """
        )
        found = self.env.cr.fetchall()
        return [f"memberships overlap: {found}"] if found else []


def _differ(before, after):
    return sorted(name for name in before if before[name] != after[name])
