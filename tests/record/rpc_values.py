"""Arguments for RPC, hostile ones and good ones, drawn from a seeded generator.

Everything here is what JSON can carry: a client sends nothing else.
"""

NUMBERS = (0, -1, 1, 2**31 - 1, 2**31, 2**53, 2**63, -(2**63), 10**30)
FLOATS = (0.0, -0.01, 0.005, 1e12, 1e308, float("nan"), float("inf"), float("-inf"))
TEXTS = (
    *(
        "",
        " ",
        "abc",
        "1",
        "0x1",
        "\x00",
        "\ud800",
        "' OR 1=1 --",
        "%s",
        "%(x)s",
        "{0}",
    ),
    *("客户", "\u202e", "<script>alert(1)</script>", "__class__", "id", "a" * 5_000),
    *("NewId", "2026-03-01", "draft", "posted", "done", "club_lock"),
)
DATES = (
    *("2026-03-01", "2026-04-10", "0001-01-01", "9999-12-31", "1582-10-10"),
    *("2026-02-30", "infinity", "now", "today", "2026-03-01 12:00:00", "20260301"),
)
OPERATORS = (
    *("=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "not like", "ilike"),
    *("=like", "=ilike", "any", "not any", "child_of", "parent_of", "any!", "=?"),
    *("<>", "==", "IN", "bogus", "", None, 5),
)
GRANULARITIES = ("", ":month", ":day", ":bogus", ":month_number", ":sum", ".id")
AGGREGATES = ("sum", "max", "array_agg", "count_distinct", "recordset", "bogus")
# The context keys of Odoo's that change what its methods do.
KEYS = (
    *("active_test", "tracking_disable", "mail_notrack", "mail_create_nolog"),
    *(
        "mail_create_nosubscribe",
        "mail_activity_automation_skip",
        "mail_auto_subscribe",
    ),
    *("_force_unlink", "install_mode", "import_file", "module", "noupdate"),
    *("bin_size", "prefetch_fields", "no_reset_password", "su", "uid", "lang", "tz"),
    *(
        "allowed_company_ids",
        "active_model",
        "active_id",
        "active_ids",
        "active_domain",
    ),
    *("group_by", "params", "res_model", "hide_code", "form_view_ref", "view_ref"),
    *("check_move_validity", "skip_invoice_sync", "dynamic_unlink", "force_delete"),
    *("import_set_empty_fields", "onchange", "parent_id", "date", "edit_translations"),
)


class Values:
    """Draws values for the fields and parameters of models.

    :param random: the generator
    :param env: as superuser, to look at fields
    :param records: ``{model: ids}``, good ones and others' alike

    Half of them are *tame*: mostly what a client might send, so that calls get far.
    """

    def __init__(self, random, env, records, own_keys):
        self.random = random
        self.env = env
        self.records = records
        self.own_keys = own_keys
        self.is_tame = self.chance(0.5)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, share):
        return self.random.random() < share

    # === Anything === #

    def any_value(self, depth=0):
        """Return something that JSON can carry."""
        kind = self.random.randrange(9 if depth < 2 else 6)
        if kind == 6:
            return [self.any_value(depth + 1) for _ in range(self.random.randrange(3))]
        if kind == 7:
            return {self.pick(TEXTS): self.any_value(depth + 1)}
        if kind == 8:
            return self.nested(self.pick((20, 300)))
        pools = ((None, True, False), NUMBERS, FLOATS, TEXTS, DATES)
        return self.pick(pools[min(kind, 4)])

    def nested(self, depth):
        value = []
        for _ in range(depth):
            value = [value]
        return value

    def record_id(self, model):
        """Return the id of a record of any place, or of none."""
        known = self.records.get(model)
        if not known and model in self.env and self.env[model]._auto:
            known = self.env[model].sudo().search([], limit=3, order="id").ids
        if known and self.chance(0.85):
            return self.pick(known)
        return self.pick((*NUMBERS, 999_999_999))

    def ids(self, model):
        """Return what stands for the records that a method is called on."""
        draw = self.random.random()
        known = self.records.get(model) or [self.record_id(model)]
        if draw < (0.92 if self.is_tame else 0.62):
            return [self.pick(known)]
        if draw < 0.72:
            return self.random.sample(known, min(len(known), 4))
        if draw < 0.76:
            return [self.record_id(model)] * 2
        if draw < 0.80:
            return []
        return self.pick(
            (
                self.record_id(model),
                [999_999_999],
                [2**63],
                [-1],
                [0],
                [None],
                ["abc"],
                "abc",
                [str(self.pick(known))],
                [[self.pick(known)]],
                [1.5],
                [True],
                [{}],
                {"id": 1},
                None,
                False,
                list(range(10**6, 10**6 + 200)),
                self.any_value(),
            )
        )

    # === Fields === #

    def field_name(self, model, kind=None):
        """Return the name of a field, ours rather than Odoo's; sometimes of none."""
        fields = self.env[model]._fields
        own = [n for n, f in fields.items() if f._module == "crm_club"]
        names = own if own and self.chance(0.8) else list(fields)
        if kind:
            names = [n for n in names if fields[n].type == kind] or names
        if self.chance(0.08):
            return self.pick(
                ("bogus", "", "id.id", "__last_update", "create_uid.login")
            )
        name = self.pick(names)
        if fields[name].relational and self.chance(0.15):
            name += "." + self.pick(list(self.env[fields[name].comodel_name]._fields))
        return name

    def field_value(self, model, name, depth=0):
        """Return a value for a field, good or not."""
        field = self.env[model]._fields.get(name)
        if field is None or self.chance(0.03 if self.is_tame else 0.15):
            return self.any_value()
        kind = field.type
        if kind == "many2one":
            return self.record_id(field.comodel_name)
        if kind in ("one2many", "many2many"):
            return self.commands(field, depth)
        if kind == "selection":
            options = [key for key, _label in field._description_selection(self.env)]
            return self.pick([*options, "bogus"])
        if kind == "boolean":
            return self.pick((True, False, 1, "x"))
        if kind in ("date", "datetime"):
            return self.pick(DATES)
        if kind in ("integer", "many2one_reference"):
            return self.pick(NUMBERS)
        if kind in ("float", "monetary"):
            return self.pick((*FLOATS, *NUMBERS, 10, 50.5))
        if kind == "binary":
            return self.pick(("QQ==", "Q", "€", "", "A" * 10_001))
        return self.pick(TEXTS)

    def values(self, model, depth=0):
        """Return values to create or write a record."""
        likely = 0.8 if self.is_tame else 0.3
        if self.chance(likely) and (values := self.plausible_values(model)):
            if self.chance(0.6):
                name = self.pick(sorted(values))
                values[name] = self.field_value(model, name, depth)
            return values
        fields = self.env[model]._fields
        names = {self.field_name(model) for _ in range(self.random.randrange(1, 4))}
        if self.chance(0.5):
            names |= {n for n, f in fields.items() if f.required and not f.readonly}
        return {name: self.field_value(model, name, depth) for name in sorted(names)}

    def plausible_values(self, model):
        """Return what one might type to make a record like one that is there."""
        if not self.records.get(model) or not self.env[model]._auto:
            return {}
        record = self.env[model].browse(self.pick(self.records[model])).exists()
        simple = ("one2many", "many2many", "binary", "json", "reference")
        names = [
            name
            for name, field in record._fields.items()
            if field.store
            and field._module == "crm_club"
            and field.type not in simple
            and not (field.readonly or field.compute or field.related)
        ]
        found = record.read(names, load=False)
        values = dict(found[0]) if found else {}
        values.pop("id", None)
        return {
            name: str(value) if hasattr(value, "year") else value
            for name, value in values.items()
            if value is not False and not isinstance(value, bytes)
        }

    def commands(self, field, depth=0):
        """Return x2many commands, nested up to some levels."""
        model = field.comodel_name
        choices = [
            [],
            [[6, 0, [self.record_id(model)]]],
            [[4, self.record_id(model), 0]],
            [[4, self.record_id(model)]],
            [[3, self.record_id(model), 0]],
            [[2, self.record_id(model), 0]],
            [[5]],
            [[9, 9, 9]],
            [[0]],
            [[1, self.record_id(model), {}]],
            [self.record_id(model)],
        ]
        if depth < 3:
            values = self.values(model, depth + 1)
            choices += [
                [[0, 0, values]],
                [[0, "virtual_1", values]],
                [[1, self.record_id(model), values]],
            ]
        return self.pick(choices)

    # === Queries === #

    def leaf(self, model):
        name = self.field_name(model)
        operator = self.pick(OPERATORS)
        value = self.field_value(model, name.partition(".")[0])
        if operator in ("in", "not in", "IN") and self.chance(0.8):
            value = [value, False]
        if operator in ("any", "not any", "any!") and self.chance(0.8):
            value = self.domain(model) if self.chance(0.5) else [("id", "=", 1)]
        return [name, operator, value]

    def domain(self, model):
        """Return a domain, sometimes no domain at all."""
        draw = self.random.random()
        if draw < 0.2:
            return []
        if draw < 0.8:
            return [self.leaf(model)]
        if draw < 0.9:
            signs = [self.pick(("&", "|", "!")) for _ in range(2)]
            return [*signs, self.leaf(model), self.leaf(model), self.leaf(model)]
        if draw < 0.93:
            deep = self.pick((50, 300))
            return ["!"] * deep + [self.leaf(model)]
        if draw < 0.96:
            return [*(["|"] * 300), *([["id", "=", 1]] * 301)]
        return self.any_value()

    def groupby(self, model):
        return [
            self.field_name(model) + self.pick(GRANULARITIES)
            for _ in range(self.random.randrange(3))
        ]

    def aggregates(self, model):
        name = self.field_name(model)
        return self.pick((["__count"], [f"{name}:{self.pick(AGGREGATES)}"], [name], []))

    def order(self, model):
        name = self.field_name(model)
        return self.pick(
            (f"{name} desc", name, f"{name} bogus", "id; DROP TABLE x", "")
        )

    def specification(self, model, depth=0):
        """Return what web_read is to give."""
        names = {self.field_name(model) for _ in range(3)}
        spec = {}
        for name in sorted(names):
            field = self.env[model]._fields.get(name)
            spec[name] = {}
            if (
                field is not None
                and field.relational
                and depth < 2
                and self.chance(0.5)
            ):
                fields = self.specification(field.comodel_name, depth + 1)
                spec[name] = {"fields": fields}
            elif self.chance(0.1):
                spec[name] = self.any_value()
        return spec

    # === Calls === #

    def argument(self, model, name):
        """Return a value for a parameter of this name."""
        draw = getattr(self, self.PARAMETERS.get(name, ""), None)
        if draw is None or self.chance(0.02 if self.is_tame else 0.12):
            return self.any_value()
        return draw(model)

    PARAMETERS = {
        **dict.fromkeys(("domain", "domains", "search_domain"), "domain"),
        **dict.fromkeys(("vals", "values", "default", "vals_list"), "values"),
        **dict.fromkeys(("specification", "fields_spec"), "specification"),
        **dict.fromkeys(("unfold_read_specification",), "specification"),
        **dict.fromkeys(("fields", "field_names", "allfields", "fnames"), "_names"),
        **dict.fromkeys(("fields_to_export", "attributes"), "_names"),
        **dict.fromkeys(("groupby", "group_by"), "groupby"),
        "aggregates": "aggregates",
        "order": "order",
        "field_name": "_name",
        "next_id": "record_id",
        **dict.fromkeys(("res_id", "record_id"), "record_id"),
        **dict.fromkeys(("ids", "res_ids", "partner_ids"), "ids"),
        **dict.fromkeys(("limit", "offset"), "_number"),
        "operator": "_operator",
        "data": "_rows",
        **dict.fromkeys(("comment", "reason", "name", "note", "body"), "_text"),
        "points": "_figure",
    }

    def _names(self, model):
        return [self.field_name(model) for _ in range(self.random.randrange(4))]

    def _name(self, model):
        return self.field_name(model)

    def _number(self, _model):
        return self.pick((1, 0, 5, None, -1, 2**63))

    def _operator(self, _model):
        return self.pick(OPERATORS)

    def _rows(self, model):
        return [[self.pick(TEXTS) for _ in range(3)] for _ in range(2)]

    def _text(self, _model):
        return self.pick((*TEXTS, "Agreed"))

    def _figure(self, _model):
        return self.pick((*NUMBERS, *FLOATS, *TEXTS, 1, "1.00"))

    def context(self, model):
        """Return a context of a client with ill intent."""
        draw = self.random.random()
        if draw < (0.8 if self.is_tame else 0.3):
            return {}
        if draw < 0.38:
            return self.any_value()
        context = {}
        for _ in range(self.random.randrange(1, 5)):
            kind = self.random.randrange(3)
            if kind == 0:
                context[self.pick(self.own_keys)] = self.any_value()
            elif kind == 1:
                name = self.field_name(model)
                context[f"default_{name}"] = self.field_value(model, name)
            else:
                key = self.pick(KEYS)
                context[key] = self._context_value(key)
        return context

    def _context_value(self, key):
        companies = self.records["res.company"]
        known = {
            "allowed_company_ids": (companies, companies[:1], companies[-1:], [], [0]),
            "lang": ("zh_CN", "xx_XX", "", "en_US"),
            "tz": ("Asia/Shanghai", "Nowhere/At_All", ""),
            "active_model": ("res.partner", "club.membership", "bogus"),
            "uid": (1, 2),
        }.get(key, (True, False, 1))
        return self.any_value() if self.chance(0.2) else self.pick(known)
