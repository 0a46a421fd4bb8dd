"""Who takes part: each actor is a list of calls, made for a seed's world.

An actor's papers are made before the race; what two actors share is made once.
"""

from .scheduler import Step
from .world import EARLIER, LAST_DAY, MONTH

REVENUE, EXPIRY = "revenue", "expiry"


def call(model, ids, method, *args):
    """Return what a press of a button does over RPC."""

    def press(env):
        getattr(env[model].browse(ids), method)(*args)

    return press


def press(user, record, method, *args, day=None):
    """Return the step in which a user presses a button of a record, or of several."""
    label = f"{user.login}: {record._name} {method}"
    return Step(label, user.id, call(record._name, record.ids, method, *args), day)


def _verify_steps(world, get_run):
    """Each unit's clerk, or the officer where it has none, verifies its lines."""

    def verify(env):
        for unit in env["club.points.run.unit"].search([("run_id", "=", get_run())]):
            if unit.can_verify:
                unit.no_records_reason = "Test"
                unit.action_verify()

    return [
        Step(f"{user.login}: verify", user.id, verify)
        for user in (world.case.clerk, world.case.officer)
    ]


def run_shared(world):
    """Compute, verify and post the run that somebody else may have open as well."""
    run = world.once("run", world.make_run)
    user = world.random.choice([world.case.officer, world.case.second_officer])
    return [
        press(user, run, "action_compute"),
        *_verify_steps(world, lambda: run.id),
        press(user, run, "action_post"),
        press(user, run, "action_post"),
    ]


def run_own(world):
    """Make a run of the month of one's own, and post it."""
    made = []
    user = world.random.choice([world.case.officer, world.case.second_officer])
    program = world.program.id

    def create(env):
        values = {"program_id": program, "month": MONTH, "kind": REVENUE}
        values["no_controls_reason"] = "Race"
        made[:] = env["club.points.run"].create(values).ids

    def on_own(method):
        return lambda env: getattr(env["club.points.run"].browse(made), method)()

    return [
        Step(f"{user.login}: create a run", user.id, create),
        Step(f"{user.login}: compute his run", user.id, on_own("action_compute")),
        *_verify_steps(world, lambda: made[:1]),
        Step(f"{user.login}: post his run", user.id, on_own("action_post")),
    ]


def book_invoice(world):
    """Book an invoice, then another one."""
    accounts = world.random.sample(list(world.accounts), world.random.randint(1, 2))
    return [
        press(world.case.root, world.make_invoice(account), "action_post")
        for account in accounts
    ]


def credit_invoice(world):
    return [press(world.case.root, world.make_credit(world.first), "action_post")]


def sign_rate(world):
    """Finance signs a rate: it takes effect, in place of one or after it."""
    value = world.random.choice(["0.333333", "1.25", "2.0", "0.7"])
    start = world.random.choice([EARLIER, MONTH])
    rate = world.make_rate(value, start)
    return [press(world.case.finance, rate, "action_sign")]


def redeem(world):
    """Reserve, then debit, cancel or return, as likely on the old points' last day."""
    points = world.random.choice([200, 400, 700, 1_000])
    account = world.random.choice([world.first, world.first, world.second])
    redemption = world.make_redemption(account, points)
    return _redeem_steps(world, redemption, ["action_reserve"])


def redeem_shared(world):
    """Debit, cancel or return what somebody else has open as well."""
    redemption = world.once(
        "redemption", lambda: world.make_redemption(world.first, 400, reserved=True)
    )
    return _redeem_steps(world, redemption, [])


def _redeem_steps(world, redemption, methods):
    later = (
        ["action_debit"],
        ["action_cancel"],
        ["action_debit", "action_return"],
        ["action_debit", "return 100", "action_return"],
    )
    user = world.random.choice([world.case.officer, world.case.lead])
    day = world.random.choice([LAST_DAY, None])
    steps = []
    for method in [*methods, *world.random.choice(later)]:
        name, *args = method.split()
        if name == "return":
            name, args = "action_return", [int(args[0])]
        steps.append(press(user, redemption, name, *args, day=day))
    return steps


def expire(world):
    """Compute and post the expiry of the points whose last day is over."""
    run = world.once("expiry", lambda: world.make_run(EXPIRY))
    return [
        press(world.case.officer, run, "action_compute"),
        press(world.case.officer, run, "action_post"),
    ]


def apply_requalification(world):
    record = world.once("requalification", world.make_requalification)
    return [press(world.case.officer, record, "action_apply")]


def set_tier(world):
    """The last signature makes a tier begin today."""
    account = world.random.choice([world.first, world.first, world.second])
    code = world.random.choice(["gold", "platinum"])
    override = world.make_override(account, code)
    return [press(world.case.signers["leader"], override, "action_sign")]


def import_file(world):
    """Import a file that somebody else may be importing, too."""
    text = world.once("file", lambda: world.make_statement(world.first, world.second))
    return [_upload(world, text)]


def import_other_file(world):
    return [_upload(world, world.make_statement(world.random.choice(world.accounts)))]


def _upload(world, text):
    def upload(env):
        values = {"file": text, "filename": "s.csv"}
        # Actors draw accounts and months by lot, so one may come twice.
        values |= {"decision": "add", "reason": "Another delivery"}
        env["club.revenue.upload"].create(values).action_import()

    user = world.case.finance
    return Step(f"{user.login}: import", user.id, upload)


def import_and_cancel(world):
    """Import the shared file, and take it out again."""

    def cancel(env):
        imports = env["club.revenue.import"]
        imports.search([("state", "=", "done"), ("filename", "=", "s.csv")]).filtered(
            lambda document: document.line_ids.account_id <= accounts.with_env(env)
        ).action_cancel()

    accounts, user = world.accounts, world.case.finance
    return [
        *import_file(world),
        Step(f"{user.login}: cancel imports", user.id, cancel),
    ]


def sign_adjustment(world):
    """The last signature posts points given or taken."""
    points = {
        world.first: world.random.choice([-600, -400, 500, 5_000]),
        world.second: world.random.choice([-300, 100]),
    }
    # Up to 10,000 two sign.
    adjustment = world.make_adjustment(points, world.case.lead)
    return [press(world.case.signers["key_accounts"], adjustment, "action_sign")]


def sign_with_another(world):
    """One of two departments signs a large adjustment; one of them twice."""
    adjustment = world.once(
        "large", lambda: world.make_adjustment({world.first: 12_000}, world.case.lead)
    )
    turn = world.once("turn", lambda: ["key_accounts", "office", "office"])
    name = turn.pop() if turn else "key_accounts"
    return [press(world.case.signers[name], adjustment, "action_sign")]


def merge_partners(world):
    """Merge an account into another one."""
    target, source = world.first.id, world.second.id

    def merge(env):
        wizard = env["base.partner.merge.automatic.wizard"]
        wizard._merge([target, source], env["res.partner"].browse(target))

    return [Step("root: merge", world.case.root.id, merge)]


def run_nightly_job(world):
    return [
        Step(
            "root: nightly job",
            world.case.root.id,
            lambda env: env["club.program"]._cron_daily(),
        )
    ]


# Each with its weight.
ACTORS = {
    run_shared: 4,
    run_own: 4,
    book_invoice: 2,
    credit_invoice: 1,
    sign_rate: 3,
    redeem: 4,
    redeem_shared: 2,
    expire: 3,
    apply_requalification: 2,
    set_tier: 2,
    import_file: 2,
    import_other_file: 1,
    import_and_cancel: 1,
    sign_adjustment: 2,
    sign_with_another: 2,
    merge_partners: 2,
    run_nightly_job: 2,
}


def draw(random, others=()):
    """Return two to four actors; the same one may take part twice.

    :param others: pairs of actors with weights, as ours, and groups of them; a seed is
        about one of these groups, or as likely about the ledger
    """
    count = random.choice([2, 2, 3, 3, 4])
    weights = ACTORS
    about = random.choice([None, *others])
    if about:
        actors, groups = about
        weights = {actor: actors[actor] for actor in random.choice(groups)}
    return random.choices(list(weights), weights=list(weights.values()), k=count)
