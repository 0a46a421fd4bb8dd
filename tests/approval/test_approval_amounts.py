"""The amount of a document at the bounds of the bands, in any currency. Rule C3."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from ..points.adjustment_case import AdjustmentCase

LOW = [{"unit"}, {"key_accounts"}]
MIDDLE = [{"unit"}, {"key_accounts", "office"}]
HIGH = [*MIDDLE, {"leader"}]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestApprovalAmounts(AdjustmentCase):
    """Documents that say what they cost; adjustments lend them their policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cny = cls.company.currency_id
        cls.usd, cls.eur = cls.env.ref("base.USD"), cls.env.ref("base.EUR")
        (cls.cny + cls.usd + cls.eur).active = True
        cls.env["res.currency.rate"].search([]).unlink()
        cls.policy = cls.env["club.approval.policy"].search(
            [
                ("document_type", "=", "adjustment"),
                ("company_id", "=", cls.company.id),
            ]
        )
        cls.policy.add_up = False

    def _create_rate_of(self, currency, value, day=TODAY, **values):
        """Say what a unit of a currency costs in CNY from a day on."""
        rates = self.env["res.currency.rate"].with_company(self.company)
        return rates.create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": day,
                "inverse_company_rate": value,
                **values,
            }
        )

    def _submit_for(self, amount, currency, document=None):
        """Submit a document of an amount; it goes on saying so."""
        self.startPatcher(
            patch.object(
                self.env.registry["club.points.adjustment"],
                "_get_approval_amount",
                lambda document: (amount, currency),
            )
        )
        document = document or self._draw_up({self.account_a: 5})
        document.action_submit()
        self.env.flush_all()
        return document

    def _assert_other_band(self, document, name):
        """Refused with the last signature, which isn't given then."""
        error = "would need other signatures"
        with self.assertRaisesRegex(UserError, error), self.env.cr.savepoint():
            self._sign(document, name)
        self.env.invalidate_all()
        self.assertEqual(document.approval_state, "waiting")
        self.assertFalse(document.run_id)

    def _get_request(self, document):
        return document.sudo().approval_request_id

    # === Bounds === #

    def test_each_bound_belongs_to_the_band_below_it(self):
        """Rule C3: above 10,000, above 50,000."""
        for amount, asked in (
            (0, LOW),
            (0.01, LOW),
            (10_000.00, LOW),
            (10_000.01, MIDDLE),
            (-10_000.01, MIDDLE),
            (50_000.00, MIDDLE),
            (50_000.01, HIGH),
            (9_999_999_999.99, HIGH),
        ):
            for currency in (self.cny, None):
                with self.subTest(amount=amount, currency=currency):
                    document = self._submit_for(amount, currency)
                    self.assertEqual(self._get_asked(document), asked)
                    self.assertEqual(self._get_request(document).amount, abs(amount))
                    self._sign_all(document)
                    self.assertEqual(document.approval_state, "done")

    def test_dust_of_a_sum_lifts_no_band(self):
        """In binary these come to 10,000.000000000002, when it is carried out too."""
        points = [2_062.09, 2_126.53, 2_368.61, 3_442.77]
        self.assertGreater(sum(points), 10_000)
        document = self._submit(
            {
                self._create_account(f"Part {part}", club_unit_id=self.unit.id): part
                for part in points
            }
        )
        self.assertEqual(self._get_asked(document), LOW)
        self._sign_all(document)
        self.assertEqual(document.approval_state, "done")

    # === Other currencies === #

    def test_other_currencies_count_as_on_the_day_of_submission(self):
        self._create_rate_of(self.usd, 6, day="2026-04-09")
        self._create_rate_of(self.usd, 7)
        for amount, own, asked in (
            (1_428.57, 9_999.99, LOW),
            (1_428.58, 10_000.06, MIDDLE),
            (7_142.85, 49_999.95, MIDDLE),
            (7_142.86, 50_000.02, HIGH),
            (0, 0, LOW),
        ):
            with self.subTest(amount=amount):
                document = self._submit_for(amount, self.usd)
                self.assertEqual(self._get_asked(document), asked)
                self.assertRecordValues(
                    self._get_request(document),
                    [
                        {
                            "amount": own,
                            "amount_document": amount,
                            "currency_document_id": self.usd.id,
                        }
                    ],
                )

    def test_later_rates_dont_matter(self):
        self._create_rate_of(self.usd, 7)
        document = self._submit_for(1_400, self.usd)
        self._create_rate_of(self.usd, 8, day="2026-04-11")
        with freeze_time("2026-04-12"):
            self._sign_all(document)
        self.assertEqual(document.approval_state, "done")
        self.assertEqual(self._get_request(document).amount, 9_800)

    def test_a_rate_edited_backwards_asks_for_other_signatures(self):
        """PEERS 4: refused when it is carried out, if the band differs by then."""
        rate = self._create_rate_of(self.usd, 7)
        document = self._submit_for(1_400, self.usd)
        self._sign(document, "unit")
        rate.inverse_company_rate = 7.2  # 10,080
        self._assert_other_band(document, "key_accounts")
        document.action_withdraw()
        document.action_submit()
        self.assertEqual(self._get_asked(document), MIDDLE)
        rate.inverse_company_rate = 7.1  # 9,940: fewer would do, but others signed
        self._sign(document, "unit", "key_accounts")
        self._assert_other_band(document, "office")

    def test_a_rate_edited_within_the_band_is_carried_out(self):
        rate = self._create_rate_of(self.usd, 7)
        document = self._submit_for(1_400, self.usd)
        rate.inverse_company_rate = 7.1
        self._sign_all(document)
        self.assertEqual(document.approval_state, "done")

    def test_the_day_is_the_companys(self):
        """Half past seven in Shanghai is still yesterday in Greenwich."""
        self._create_rate_of(self.usd, 7, day="2026-04-09")
        self._create_rate_of(self.usd, 8)
        with freeze_time("2026-04-09 23:30:00"):
            document = self._submit_for(1_300, self.usd)
            self.assertEqual(self._get_asked(document), MIDDLE)
            self._sign_all(document)
        self.assertEqual(document.approval_state, "done")
        self.assertEqual(self._get_request(document).amount, 10_400)

    def test_a_currency_without_a_rate_is_refused(self):
        """Neither the own currency's counts, nor another company's, nor a later one."""
        other = self._create_club_company("Hill Post")
        self._create_rate_of(self.usd, 7)
        self._create_rate_of(self.cny, 1)
        self._create_rate_of(self.eur, 8, company_id=other.id)
        self._create_rate_of(self.eur, 8, day="2026-04-11")
        document = self._draw_up({self.account_a: 5})
        with self.assertRaisesRegex(UserError, "EUR, which has no exchange rate"):
            self._submit_for(1, self.eur, document)
        self.assertEqual(document.approval_state, "draft")
        self.assertFalse(document.approval_request_id)
        with freeze_time("2026-04-11"):
            self._submit_for(1, self.eur, document)
        self.assertEqual(self._get_request(document).amount, 8)

    def test_a_rate_of_all_companies_counts(self):
        self._create_rate_of(self.usd, 7, company_id=False)
        document = self._submit_for(100, self.usd)
        self.assertEqual(self._get_request(document).amount, 700)

    def test_currencies_add_up(self):
        """PEERS 9: splitting one purpose over two currencies lowers no band."""
        self.policy.add_up = True
        self._create_rate_of(self.usd, 7)
        first = self._submit_for(6_000, self.cny)
        second = self._submit_for(571.43, self.usd)  # 4,000.01
        self.assertEqual(self._get_asked(first), LOW)
        self.assertEqual(self._get_asked(second), MIDDLE)
        self.assertEqual(self._get_request(second).amount_total, 10_000.01)
