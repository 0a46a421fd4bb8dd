from ..common import TODAY


class WorthSamples:
    """The rights table: rewards, cards, vouchers, taking on."""

    def make_worth(self):
        """Make one of each, in the place of `self`."""
        reward = self.make(
            "club.reward", name="Tea set", program_id=self.program, price=100
        )
        self.make(
            "club.reward.receipt",
            reward_id=reward,
            date=TODAY,
            quantity=5,
            document="DN-1",
        )
        self.make("club.card", membership_id=self.membership, number=f"R-{self.name}")
        gifts = self.make(
            "club.gift.list",
            purpose="Rights",
            company_id=self.company,
            unit_id=self.unit,
            user_id=self.owner,
        )
        self.make(
            "club.gift",
            list_id=gifts,
            account_id=self.account,
            contact_id=self.contact,
            item="Tea",
            value=10,
        )
        self.make_vouchers()
        self.make_budgets(reward)
        self.make_tariffs()
        if not self.is_to_sign:
            self.make_head()

    def make_vouchers(self):
        """Make a batch, and a voucher that an account of the place redeemed."""
        batch = self.make(
            "club.voucher.batch",
            company_id=self.company,
            partner_id=self.account,
            subject="Rights",
            value=1,
            date_from=TODAY,
            date_to=TODAY,
        )
        voucher = self.make(
            "club.voucher",
            batch_id=batch,
            name="Rights",
            code=f"rights {self.name}",
            state="redeemed",
            account_id=self.account,
            redeemed_on=TODAY,
        )
        self.add(voucher.env["club.voucher.conversion"].browse(voucher.id))

    def make_head(self):
        """Make a head of the account's group."""
        head = self.case.env["res.partner"].create(
            {"name": f"Head of {self.name}", "is_company": True}
        )
        self.make(
            "club.account.head",
            account_id=self.account,
            head_id=head,
            company_id=self.company,
            date_from=TODAY,
        )

    def make_budgets(self, reward):
        """Make a sheet with the account's line; find what a reward cost."""
        sheet = self.make("club.budget", program_id=self.program, year=2030)
        self.make("club.marketing.budget", budget_id=sheet, account_id=self.account)
        if self.is_to_sign:
            self.submit(sheet)
        else:
            self._find_cost(reward)

    def _find_cost(self, reward):
        """Find what a delivered order cost: the view names its rows itself."""
        env = self.case.env
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO club_redemption
                   (name, program_id, company_id, account_id, unit_id, reward_id,
                    points, quantity, reason, state, cost, received_on,
                    approval_state, create_uid)
            VALUES ('Rights', %s, %s, %s, %s, %s, 1, 1, 'Tea set', 'debited', 60, %s,
                    'draft', %s)
            RETURNING id
            """,
            [
                *(self.program.id, self.company.id, self.account.id, self.unit.id),
                *(reward.id, TODAY, self.owner.id),
            ],
        )
        domain = [("kind", "=", "reward"), ("res_id", "=", env.cr.fetchone()[0])]
        costs = env["club.account.cost"].sudo().with_company(self.company)
        self.add(costs.search(domain).with_env(reward.env))

    def make_tariffs(self):
        """Make one, and a line of an invoice in which a discount was given."""
        tariff = self.make(
            "club.tariff",
            program_id=self.program,
            tier_id=self.tier,
            discount=5,
            date_from=TODAY,
            reason="Rights",
        )
        if self.is_to_sign:
            self.submit(tariff)
        # Companies here have no chart of accounts: past the ORM.
        currency = self.company.currency_id
        journal = self.case.env["account.journal"].create(
            {
                "name": "Rights",
                "code": f"R{self.company.id}{self.name[:2]}"[:5],
                "type": "general",
                "company_id": self.company.id,
            }
        )
        move = self.insert(
            "account.move",
            journal_id=journal,
            currency_id=currency,
            company_id=self.company,
            state="posted",
            move_type="out_invoice",
            auto_post="no",
            date=TODAY,
        )
        line = self.insert(
            "account.move.line",
            move_id=move,
            currency_id=currency,
            company_id=self.company,
            display_type="line_note",
            parent_state="posted",
            club_account_id=self.account,
            date=TODAY,
            quantity=1,
            price_unit=100,
            discount=5,
        )
        self.add(line.env["club.discount"].browse(line.id))
        # No samples themselves: these are Odoo's.
        del self.made["account.move"], self.made["account.move.line"]

    def make_account_plans(self):
        """Make one that is to be signed, or one that isn't, and what is still due."""
        # Places share accounts, which have one plan a year.
        places = ("own", "unit", "below", "other", "asked", "given")
        env = self.case.env
        plan = self.make(
            "club.account.plan",
            account_id=self.account,
            company_id=self.company,
            year=2026 + places.index(self.name) if self.name in places else 2026,
            aim="Rights",
            revenue_goal=1,
        )
        self.make(
            "club.account.plan.goal",
            plan_id=plan,
            category_id=env.ref("product.product_category_all", False)
            or self.case.categ_letters,
            revenue_goal=1,
        )
        self.make("club.account.plan.step", plan_id=plan, kind="visit", name="Rights")
        if self.is_to_sign:
            self.submit(plan)
            return
        self.tier.has_plan = True
        account = self.account.with_company(self.company)
        account._write_guarded({"club_tier_id": self.tier.id})
        env.flush_all()
        due = env["club.account.plan.due"].sudo()
        here = [("company_id", "=", self.company.id)]
        self.add(due.search([*here, ("account_id", "=", self.account.id)], limit=1))

    def make_take_ons(self):
        """Make one, with a fault and an account."""
        document = self.make("club.take.on", program_id=self.program)
        self.make("club.take.on.fault", take_on_id=document)
        self.make("club.take.on.account", take_on_id=document, account_id=self.account)
        if self.is_to_sign:
            self.submit(document)

    def make_shares(self):
        """Make a share, a lead that the account brought, and the account's past."""
        share = self.make(
            "club.revenue.share",
            company_id=self.company,
            unit_id=self.unit,
            account_id=self.account,
            date_from=TODAY,
            reason="Rights",
        )
        self.make(
            "club.revenue.share.line",
            share_id=share,
            unit_id=self.unit,
            role="holder",
            percent=100,
        )
        if self.is_to_sign:
            self.submit(share)
        self.case.env.flush_all()
        past = self.case.env["club.account.unit"].sudo()
        past = past.search(
            [
                ("account_id", "=", self.account.id),
                ("company_id", "=", self.company.id),
            ],
            limit=1,
        )
        self.add(past)
        leads = self.case.env["crm.lead"].sudo()
        lead = leads.create(
            {
                "name": f"Rights {self.name}",
                "company_id": self.company.id,
                "team_id": self.unit.id,
                "user_id": False,
                "club_referrer_id": self.account.id,
            }
        )
        self.add(lead)
        self.add(self.case.env["club.referral"].browse(lead.id))
