"""One take-on's sheet into the demonstration database. Runs inside Odoo.

Arguments: the database, the sheet, the log. What is wrong in the sheet is printed, row
by row, and nothing is applied. Here nobody signs.
"""

import argparse
import base64
import logging
import sys
import time
from pathlib import Path
from typing import Any

from . import far_side

_logger = logging.getLogger(__spec__.name)  # it is run as a program

OFFICER = "officer"


def main() -> int:
    """Take the sheet's accounts on; 1 and what is wrong when it can't be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("sheet", type=Path)
    parser.add_argument("log", type=Path)
    args = parser.parse_args()
    try:
        with far_side.opened(args.database, args.log) as env:
            return _take_on(env, args.sheet)
    except Exception as error:
        _logger.exception("The take-on failed")
        reason = str(error).strip().splitlines() or [""]
        print(f"dev: {args.sheet.name}: {reason[0]}", file=sys.stderr)
        return 1


def _take_on(env: Any, sheet: Path) -> int:
    began = time.monotonic()
    program = env["club.program"]._get_main()
    officer = env["res.users"].search([("login", "=", OFFICER)], limit=1)
    documents = (
        env["club.take.on"]
        .with_user(officer or env.user)
        .with_company(program.company_id)
    )
    document = documents.create(
        {
            "program_id": program.id,
            "file": base64.b64encode(sheet.read_bytes()),
            "filename": sheet.name,
        }
    )
    if document.fault_count:
        for fault in document.fault_ids:
            where = f"{fault.sheet}, row {fault.row}, {fault.column}"
            what = f"{fault.problem} {fault.wanted or ''}"
            print(f"{where} “{fault.value or ''}”: {what}")
        count = document.fault_count
        print(f"dev: {count} faults, nothing is applied", file=sys.stderr)
        env.cr.rollback()
        return 1
    document.sudo()._set_opening("Loaded by ./dev run --take-on")
    env.cr.commit()
    print(
        f"{document.name}: {document.account_count:,} accounts "
        f"({document.new_count:,} new), {document.contact_count:,} contacts, "
        f"{document.term_count:,} tiers, {document.points_total:,.2f} points in "
        f"{time.monotonic() - began:.1f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
