"""Hostile statements of revenue, uploaded as Finance would (Rule B15).

First each file of the list, then statements at random, a quarter of them mangled.
Each is taken whole or refused with one sentence; each is rolled back.
"""

import base64
import random
import sys
import time
import traceback
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))

from hostile import files, statements  # noqa: E402  (found by the line above)

SLOW = 10.0  # seconds for a file of a few rows


class Uploads:
    """Uploads files, judges what came of them and rolls it back."""

    def __init__(self, env):
        self.env = _prepare(env)
        self.faults = []
        self.counts = {"taken": 0, "refused": 0, "rows": 0, "examples": 0}
        self.slowest = (0.0, "")
        self.sentences = set()

    def try_one(self, name, content, outcome, unit="yuan"):
        """Upload a file; what isn't as it should be is a fault."""
        from odoo.exceptions import UserError

        savepoint = self.env.cr.savepoint()
        before = self._count_rows()
        began = time.perf_counter()
        try:
            document = self._upload(content, unit)
        except UserError as refusal:
            self.counts["refused"] += 1
            self.sentences.add(refusal.args[0][:40])
            self._judge_refusal(name, refusal.args[0], outcome)
            if self._count_rows() != before:
                self._fault(name, "refused, but something was left behind")
        except Exception:
            self._fault(name, traceback.format_exc(limit=-3))
        else:
            self.counts["taken"] += 1
            self._judge_taken(name, document, outcome)
        took = time.perf_counter() - began
        self.slowest = max(self.slowest, (round(took, 2), name))
        if took > SLOW:
            self._fault(name, f"took {took:.0f} s")
        self.counts["examples"] += 1
        savepoint.rollback()
        self.env.invalidate_all(flush=False)

    def _upload(self, content, unit):
        upload = self.env["club.revenue.upload"].create(
            {"file": base64.b64encode(content), "filename": "f", "unit": unit}
        )
        return self.env["club.revenue.import"].browse(upload.action_import()["res_id"])

    def _judge_refusal(self, name, sentence, outcome):
        if isinstance(outcome, files.Expected):
            self._fault(name, f"refused, though it is sound: {sentence}")
        elif not sentence.endswith(".") or (outcome or "") not in sentence:
            self._fault(name, f"refused with other words: {sentence}")

    def _judge_taken(self, name, document, outcome):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FILTER (WHERE state = 'valid'),"
            " count(*) FILTER (WHERE state = 'parked'),"
            " coalesce(sum(amount), 0)::text FROM club_revenue_line"
            " WHERE import_id = %s",
            [document.id],
        )
        good, parked, total = self.env.cr.fetchone()
        self.counts["rows"] += good + parked
        found = files.Expected(good, parked, Decimal(total))
        if isinstance(outcome, str):
            self._fault(name, f"taken, but should be refused: {outcome}")
        elif outcome and found != outcome:
            self._fault(name, f"{found} instead of {outcome}")
        elif not good + parked or document.line_count != good + parked:
            self._fault(name, "rows are lost")

    def _count_rows(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT (SELECT count(*) FROM club_revenue_import),"
            " (SELECT count(*) FROM club_revenue_line),"
            " (SELECT count(*) FROM ir_attachment), (SELECT count(*) FROM club_alias)"
        )
        return self.env.cr.fetchone()

    def _fault(self, name, what):
        self.faults.append(f"{name}: {what}")


def fuzz(env, seconds, seed):
    """Return figures and faults."""
    uploads = Uploads(env)
    names = statements.Names(
        accounts=("K001", "Beta Fuzz", "ＢＥＴＡ　fuzz", "k002", "K\u200b001"),
        categories=("Fuzz Letters", "FUZZ PARCELS", "Fuzz Letters\u200f"),
    )
    for make in (files.books, files.texts):
        for name, content, outcome in make("K001", "Fuzz Letters"):
            uploads.try_one(name, content, outcome)
    began = time.monotonic()
    number = 0
    while time.monotonic() - began < seconds:
        made = statements.statement(random.Random(f"{seed}/{number}"), names)
        uploads.try_one(
            f"seed {seed}, number {number}", made.content, made.expected, made.unit
        )
        number += 1
    env.cr.rollback()
    return {
        **uploads.counts,
        "seconds": round(time.monotonic() - began, 1),
        "different_sentences": len(uploads.sentences),
        "slowest": uploads.slowest,
        "faults": uploads.faults,
    }


def _prepare(env):
    """Make the accounts and categories that the files name; return Finance's env."""
    for name, ref in (("Alpha Fuzz", "K001"), ("Beta Fuzz", "k002")):
        env["res.partner"].create({"name": name, "ref": ref, "is_company": True})
    for name in ("Fuzz Letters", "Fuzz Parcels"):
        env["product.category"].create({"name": name})
    finance = env["res.users"].create(
        {
            "name": "Fuzz Finance",
            "login": f"fuzz_finance_{date.today()}",
            "group_ids": [env.ref("crm_club.crm_club_group_finance").id],
        }
    )
    env.flush_all()
    return env(user=finance, context={"lang": "en_US", "tracking_disable": True})
