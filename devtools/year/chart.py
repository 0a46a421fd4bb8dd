"""Give the main company the Chinese chart of accounts. Runs inside Odoo.

Odoo's demo data gives it the generic one, in US dollars. The Chinese one takes its
place, with the demo invoices again, while nothing else refers to them.
"""

import sys

from . import far_side


def main(database: str) -> None:
    """Load the chart, and make sure that it is the right one."""
    with far_side.opened(database) as env:
        company = env.ref("base.main_company")
        env["account.chart.template"].try_loading("cn", company, install_demo=True)
        if company.currency_id.name != "CNY":
            sys.exit(f"ERROR: the company's currency is {company.currency_id.name}")
        env.cr.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
