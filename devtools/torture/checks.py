"""Whether a database is whole: the club's own checks, and what only SQL sees."""

from pathlib import Path

from .cluster import Cluster
from .server import Caller

# Also what has no foreign key: inserting a hundred thousand entries would wait for it.
_FOREIGN_KEYS = """
SELECT c.relname, a.attname, f.relname, b.attname
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_class f ON f.oid = k.confrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
  JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.confkey[1]
 WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1
   AND (c.relname LIKE 'club\\_%' OR f.relname LIKE 'club\\_%')
 UNION
SELECT replace(d.model, '.', '_'), d.name, replace(d.relation, '.', '_'), 'id'
  FROM ir_model_fields d
  JOIN pg_attribute a ON a.attrelid = to_regclass(replace(d.model, '.', '_'))
   AND a.attname = d.name AND a.atttypid = 'int4'::regtype
 WHERE d.ttype = 'many2one' AND d.store AND d.model LIKE 'club.%'
   AND to_regclass(replace(d.relation, '.', '_')) IS NOT NULL
"""
# What points to a record by its model and number, which no foreign key watches.
_POINTERS = (
    ("mail_message", "model"),
    ("mail_activity", "res_model"),
    ("mail_followers", "res_model"),
    ("ir_attachment", "res_model"),
    ("club_approval_request", "res_model"),
)
_CLUB_MODELS = """
SELECT model, replace(model, '.', '_') FROM ir_model
 WHERE model LIKE 'club.%' AND to_regclass(replace(model, '.', '_')) IS NOT NULL
"""
# Also between the slices of a job: who is marked as greeted has his one message.
# A run's entries without the run's state saying so, and documents half carried out.
_CONTRADICTIONS = {
    "posted runs without a seal": "SELECT FROM club_points_run"
    " WHERE state = 'posted' AND (seal IS NULL OR chain_no IS NULL)",
    "sealed runs that aren't posted": "SELECT FROM club_points_run"
    " WHERE state <> 'posted' AND (seal IS NOT NULL OR posted_on IS NOT NULL)",
    "adjustments in effect without a posted run": "SELECT FROM club_points_adjustment a"
    " LEFT JOIN club_points_run r ON r.id = a.run_id AND r.state = 'posted'"
    " WHERE (a.approval_state = 'done') <> (r.id IS NOT NULL)",
    "requalifications in effect that aren't applied": "SELECT FROM club_requalification"
    " WHERE (approval_state = 'done') <> (applied_on IS NOT NULL)",
    "imports without rows": "SELECT FROM club_revenue_import i WHERE NOT EXISTS"
    " (SELECT FROM club_revenue_line l WHERE l.import_id = i.id)",
    "take-ons in effect that aren't applied": "SELECT FROM club_take_on t"
    " LEFT JOIN club_points_run r ON r.id = t.run_id AND r.state = 'posted'"
    " WHERE (t.approval_state = 'done') <> (t.applied_at IS NOT NULL)"
    " OR (t.approval_state = 'done') <> (r.id IS NOT NULL)",
    "persons greeted by two text messages": "SELECT FROM sms_sms"
    " GROUP BY club_greeting_line_id HAVING count(*) > 1"
    " AND club_greeting_line_id IS NOT NULL",
    "text messages of who isn't greeted, or none of who is": "SELECT"
    " FROM club_greeting_line l LEFT JOIN sms_sms s ON s.club_greeting_line_id = l.id"
    " WHERE l.channel = 'sms' AND (l.state = 'sent') <> (s.id IS NOT NULL)",
    "persons with another number of mails than greetings": "SELECT FROM"
    " (SELECT contact_id, count(*) FROM club_greeting_line"
    " WHERE channel = 'mail' AND state = 'sent' GROUP BY 1) l(contact_id, greetings)"
    " FULL JOIN (SELECT r.res_partner_id, count(*) FROM mail_mail m"
    " JOIN mail_message g ON g.id = m.mail_message_id"
    " JOIN mail_mail_res_partner_rel r ON r.mail_mail_id = m.id"
    " JOIN club_occasion o ON o.name ->> 'en_US' = g.subject"
    " GROUP BY 1) m(contact_id, mails) USING (contact_id)"
    " WHERE greetings IS DISTINCT FROM mails",
    "lines settled otherwise than their sheet": "SELECT FROM club_settlement_line l"
    " JOIN club_settlement s ON s.id = l.settlement_id"
    " WHERE l.is_settled <> (s.approval_state IN ('waiting', 'approved', 'done'))",
    "activities closed without a day or open with one": "SELECT FROM club_activity"
    " WHERE (stage = 'closed') <> (closed_on IS NOT NULL)",
    "batches with another number of vouchers than issued": "SELECT"
    " FROM club_voucher_batch b WHERE (SELECT count(*) FROM club_voucher v"
    " WHERE v.batch_id = b.id) <> CASE b.state WHEN 'draft' THEN 0 ELSE quantity END",
    "gifts promised otherwise than their list": "SELECT FROM club_gift g"
    " JOIN club_gift_list l ON l.id = g.list_id"
    " WHERE (g.state = 'draft') <> (l.state = 'draft')",
    "guests asked by text message otherwise than they say": "SELECT FROM"
    " (SELECT contact_id, sum(sent_count) FROM club_answer WHERE channel = 'sms'"
    " GROUP BY 1) a(contact_id, asked)"
    " FULL JOIN (SELECT partner_id, count(*) FROM sms_sms"
    " WHERE club_greeting_line_id IS NULL GROUP BY 1) s(contact_id, messages)"
    " USING (contact_id) WHERE asked IS DISTINCT FROM messages",
    "needs whose owner is reminded otherwise than they say": "SELECT FROM club_need n"
    " WHERE (n.reminded_for IS NOT NULL) <> (1 = (SELECT count(*) FROM mail_activity a"
    " WHERE a.res_model = 'club.need' AND a.res_id = n.id))",
    "solved complaints that nobody is to call about": "SELECT FROM club_need"
    " WHERE is_complaint AND (state = 'done') AND call_due IS NULL",
    "complaints that stay solved though the call said otherwise": "SELECT"
    " FROM club_need WHERE is_complaint AND called_on IS NOT NULL"
    " AND (state = 'done') <> (call_mark NOT IN ('1', '2'))",
    "call-offs confirmed without a moment, or with one and not": "SELECT"
    " FROM club_cooperation_calloff WHERE (state = 'draft') <> (confirmed_at IS NULL)",
    "budgets prepared without an account, or not with some": "SELECT FROM club_budget b"
    " WHERE (b.prepared_at IS NOT NULL) <> EXISTS (SELECT FROM club_marketing_budget l"
    " WHERE l.budget_id = b.id)",
    "bulletins issued without a number or readers, or not with one": "SELECT"
    " FROM club_bulletin b WHERE (b.state = 'issued') <> (b.name IS NOT NULL)"
    " OR (b.state = 'issued') <> EXISTS (SELECT FROM club_bulletin_reader r"
    " WHERE r.bulletin_id = b.id)",
    # The job drafts them, as superuser.
    "bulletins drafted at night that nobody is asked to issue": "SELECT"
    " FROM club_bulletin b WHERE b.state = 'draft' AND b.create_uid = 1 AND 1 > (SELECT"
    " count(*) FROM mail_activity a WHERE a.res_model = 'club.bulletin'"
    " AND a.res_id = b.id)",
    "months told of otherwise than drafts are there": "SELECT FROM club_bulletin b"
    " JOIN res_company c ON c.id = b.company_id WHERE b.create_uid = 1"
    " AND b.month > c.club_bulletins_until",
    "jobs that failed": "SELECT FROM ir_cron c JOIN ir_act_server a"
    " ON a.id = c.ir_actions_server_id WHERE c.failure_count > 0",
    "requests carried out that wait for a signature": "SELECT"
    " FROM club_approval_request q JOIN club_approval_signature s"
    " ON s.request_id = q.id AND s.state IN ('open', 'later')"
    " WHERE q.state IN ('approved', 'done')",
}


def faults(
    cluster: Cluster, caller: Caller, database: str, filestore: Path, program_id: int
) -> list[str]:
    """Return what is wrong with a database, each in a sentence."""
    return [
        *verify_ledger(caller, program_id),
        *_check_figures(caller, program_id),
        *_find_orphans(cluster, database),
        *_find_missing_files(cluster, database, filestore),
        *_find_contradictions(cluster, database),
    ]


def verify_ledger(caller: Caller, program_id: int) -> list[str]:
    """Let the club verify its chain of seals."""
    ids = [program_id]
    caller.get("officer", "club.program", "action_verify_ledger", ids=ids)
    (program,) = caller.get(
        *("officer", "club.program", "read"), ids=ids, fields=["ledger_broken_run_id"]
    )
    broken = program["ledger_broken_run_id"]
    return [f"the seal of {broken[1]} doesn't fit"] if broken else []


def _check_figures(caller: Caller, program_id: int) -> list[str]:
    """Let the club compare facts, ledger, balances, memberships and partners."""
    opened = caller.get(
        *("officer", "club.program", "action_check_integrity"), ids=[program_id]
    )
    fields = ["state", "error_count", "pending_count"]
    (check,) = caller.get(
        *("officer", "club.integrity.check", "read"),
        ids=[opened["res_id"]],
        fields=fields,
    )
    if check["state"] == "clean":
        return []
    return [
        f"the integrity check lists {check['error_count']} errors and"
        f" {check['pending_count']} pending differences"
    ]


def _find_orphans(cluster: Cluster, database: str) -> list[str]:
    """Look for rows that point to rows that aren't there."""
    looks = [
        f'SELECT \'{table}.{column}\', count(*) FROM "{table}" t WHERE t."{column}"'
        f' IS NOT NULL AND NOT EXISTS (SELECT FROM "{target}" o'
        f' WHERE o."{key}" = t."{column}")'
        for table, column, target, key in cluster.run(_FOREIGN_KEYS, database)
    ]
    for model, target in cluster.run(_CLUB_MODELS, database):
        looks += [
            f"SELECT '{table} of {model}', count(*) FROM {table} t"
            f" WHERE t.{column} = '{model}' AND t.res_id <> 0"
            f" AND NOT EXISTS (SELECT FROM {target} o WHERE o.id = t.res_id)"
            for table, column in _POINTERS
        ]
    rows = cluster.run(" UNION ALL ".join(looks), database)
    return [f"{count} orphans in {where}" for where, count in rows if count]


def _find_missing_files(cluster: Cluster, database: str, filestore: Path) -> list[str]:
    """Look for attachments whose file isn't on the disk, or isn't whole."""
    rows = cluster.run(
        "SELECT store_fname, file_size FROM ir_attachment"
        " WHERE store_fname IS NOT NULL",
        database,
    )
    lost = [
        name
        for name, size in rows
        if not (filestore / name).is_file()
        or (filestore / name).stat().st_size != (size or 0)
    ]
    return [f"{len(lost)} attachments have lost their file"] if lost else []


def _find_contradictions(cluster: Cluster, database: str) -> list[str]:
    found = []
    for what, query in _CONTRADICTIONS.items():
        ((count,),) = cluster.run(f"SELECT count(*) FROM ({query}) q", database)
        if count:
            found.append(f"{count} {what}")
    return found
