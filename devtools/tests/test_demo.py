"""The example can be installed at any hour."""

import re
import unittest
import xml.etree.ElementTree as ET

from devtools.home import CHECKOUT

# The server's day, as it is: the club's may be the next one already.
TODAY = re.compile(r"^DateTime\.(today|now)\(\)(\.strftime\('%Y-%m-%d'\)|\.date\(\))?$")
LAST_DAYS = re.compile(r"date_(to|due|end|deadline)|valid_until|deadline")


class TestDemo(unittest.TestCase):
    def test_nothing_ends_today_by_the_servers_clock(self):
        found = [
            f"{path.name}: {field.get('name')}"
            for path in sorted((CHECKOUT / "demo").glob("*.xml"))
            for field in ET.parse(path).iter("field")
            if LAST_DAYS.fullmatch(field.get("name"))
            if TODAY.match(field.get("eval", "").strip())
        ]
        self.assertEqual(found, [])
