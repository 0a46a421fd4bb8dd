"""Who takes part in a year's papers, as `actors` has who takes part in the ledger."""

from datetime import timedelta

from . import actors, actors_day
from .actors import press
from .desk import YEAR, Desk
from .scheduler import Step


def _get_desk(world):
    return world.once("desk", lambda: Desk(world))


def _choose(world, key, make, shared=0.5):
    """Return one's own thing, or as likely what somebody else has open as well."""
    if world.random.random() < shared:
        return _get_desk(world).once(key, make)
    return make()


# === A contract === #


def call_off(world):
    """Order something under the contract; three of them are more than it has."""
    desk = _get_desk(world)
    calloff = _choose(world, "draft", desk.make_calloff, 0.3)
    later = world.random.choice([[], ["action_close"], ["action_cancel"]])
    return [
        press(world.case.officer, calloff, method)
        for method in ["action_confirm", *later]
    ]


def end_call_off(world):
    """Close or take back what is ordered, and may be on a settlement by now."""
    desk = _get_desk(world)
    calloff = desk.once("calloff", desk.make_ordered)
    method = world.random.choice(["action_close", "action_cancel", "action_cancel"])
    return [press(world.case.officer, calloff, method)]


def post_bill(world):
    """Book a bill of the contract, of what is ordered or beside it."""
    desk = _get_desk(world)
    calloff = world.random.choice([None, desk.once("calloff", desk.make_ordered)])
    return [press(world.case.root, desk.make_bill(calloff), "action_post")]


def reopen_bill(world):
    """Take a bill back into draft, which may be on a settlement by now."""
    desk = _get_desk(world)
    bill = desk.once("bill", desk.make_posted)
    return [press(world.case.root, bill, "button_draft")]


def settle_contract(world):
    """Collect what isn't settled yet, and submit it."""
    desk = _get_desk(world)
    desk.once("calloff", desk.make_ordered)
    sheet = _choose(world, "settlement", desk.make_settlement, 0.4)
    before = world.random.choice([[], ["action_collect"]])
    return [
        press(world.case.lead, sheet, method) for method in [*before, "action_submit"]
    ]


def sign_supplement(world):
    """The last signature raises the contract's limit."""
    desk = _get_desk(world)
    return _sign_last(world, _choose(world, "supplement", desk.make_supplement))


def _sign_last(world, document):
    signer = world.once(
        f"signer {document}", lambda: _get_desk(world).find_last_signer(document)
    )
    return [press(signer, document, "action_sign")]


# === Budgets and tariffs === #


def prepare_budget(world):
    desk = _get_desk(world)
    return [press(world.case.officer, desk.budget, "action_prepare")]


def decide_budget(world):
    """Grant an account of the sheet another sum than it was proposed."""
    line = world.random.choice(_get_desk(world).budget.line_ids)
    number, granted = line.id, world.random.choice([10, 20, 30])

    def decide(env):
        values = {"granted": granted, "reason": "Opens a branch"}
        env["club.marketing.budget"].browse(number).write(values)

    return [Step("officer: decide a budget", world.case.officer.id, decide)]


def submit_budget(world):
    desk = _get_desk(world)
    return [press(world.case.officer, desk.budget, "action_submit")]


def sign_tariff(world):
    """The last signature puts a tariff in force, beside or after another one."""
    desk = _get_desk(world)
    return _sign_last(world, _choose(world, "signed tariff", desk.make_tariff))


def end_tariff(world):
    """End the tariff that is in force, today or soon."""
    desk = _get_desk(world)
    last_day = desk.today + timedelta(days=world.random.choice([0, 0, 3]))
    values = {"tariff_id": desk.tariff.id, "last_day": last_day, "reason": "Too dear"}

    def end(env):
        env["club.tariff.end"].create(values).action_end()

    return [Step("officer: end a tariff", world.case.officer.id, end)]


# === Figures, and what is reported of them === #


def refresh_figures(world):
    company = world.program.company_id.id
    _get_desk(world)

    def refresh(env):
        env["res.company"].browse(company)._refresh_figures()

    return [Step("root: work out the figures", world.case.root.id, refresh)]


def draw_up_bulletin(world):
    """Bring a bulletin's figures up to date, which somebody may be issuing."""
    bulletin = world.random.choice(_get_desk(world).bulletins)
    return [press(world.case.officer, bulletin, "action_generate")]


def issue_bulletin(world):
    """Issue a bulletin, and find that it takes a correction."""
    bulletin = world.random.choice(_get_desk(world).bulletins)
    officer = world.random.choice([world.case.officer, world.case.second_officer])
    later = world.random.choice([[], ["action_correct"], ["action_correct"]])
    return [press(officer, bulletin, method) for method in ["action_issue", *later]]


def read_bulletin(world):
    """Its reader marks as read what he finds: before it is issued, nothing."""
    numbers = _get_desk(world).bulletins.ids

    def read(env):
        found = env["club.bulletin"].search([("id", "in", numbers)])
        found.filtered("is_unread").action_mark_read()

    return [Step("manager: read bulletins", world.case.manager.id, read)]


def reckon_target(world):
    """Reckon what was reached: who looks at it, or the nightly job."""
    target = _get_desk(world).target
    nightly = Step(
        "root: reckon targets",
        world.case.root.id,
        lambda env: env["club.target"]._cron_reckon(),
    )
    return [
        world.random.choice([press(world.case.lead, target, "action_reckon"), nightly])
    ]


def change_target(world):
    """Set another target while the points of its period may be posted."""
    number, amount = _get_desk(world).target.id, world.random.choice([500, 2_000])
    why = world.random.choice([{}, {"change_reason": "A branch was closed"}])

    def change(env):
        env["club.target"].browse(number).write({"amount": amount, **why})

    return [Step("officer: change a target", world.case.officer.id, change)]


def measure_unit(world):
    """Compute a scorecard, set its goals anew, or issue it."""
    card = _get_desk(world).scorecard
    methods = ["action_compute", "action_reset_goals", "action_issue"]
    return [
        press(world.case.officer, card, method)
        for method in world.random.sample(methods, 2)
    ]


# === The calendar === #


def load_calendar(world):
    """Load a notice of the year; that of another one may come meanwhile."""
    desk = _get_desk(world)
    desk.once("notice", lambda: True)
    lines = desk.get_notice(world.random.choice([1, 2, 3]))

    def load(env):
        commands = [(0, 0, line) for line in lines]
        env["club.day.load"].create({"year": YEAR, "line_ids": commands}).action_load()

    return [Step("officer: load a year", world.case.officer.id, load)]


# Each with its weight.
ACTORS = {
    call_off: 4,
    end_call_off: 4,
    post_bill: 3,
    reopen_bill: 2,
    settle_contract: 5,
    sign_supplement: 2,
    prepare_budget: 3,
    decide_budget: 3,
    submit_budget: 3,
    sign_tariff: 4,
    end_tariff: 3,
    refresh_figures: 3,
    draw_up_bulletin: 3,
    issue_bulletin: 4,
    read_bulletin: 1,
    reckon_target: 2,
    change_target: 2,
    measure_unit: 2,
    load_calendar: 3,
    # Who changes what these go by.
    **{
        actor: actors.ACTORS[actor]
        for actor in (
            *(actors.run_shared, actors.set_tier, actors.apply_requalification),
            *(actors.merge_partners, actors.run_nightly_job, actors.import_other_file),
            *(actors.run_own, actors.redeem),
        )
    },
    **{
        actor: actors_day.ACTORS[actor]
        for actor in (actors_day.record_contact, actors_day.hand_over)
    },
}
TOGETHER = (
    (call_off, end_call_off, post_bill, reopen_bill, settle_contract, sign_supplement),
    (
        *(prepare_budget, decide_budget, submit_budget, actors.run_shared),
        *(actors.merge_partners, actors.set_tier),
    ),
    (
        *(sign_tariff, end_tariff, actors.set_tier, actors.merge_partners),
        *(actors.apply_requalification, actors.run_nightly_job),
    ),
    (
        *(refresh_figures, draw_up_bulletin, issue_bulletin, read_bulletin),
        *(measure_unit, actors.run_shared),
    ),
    (
        *(refresh_figures, reckon_target, change_target, actors.run_shared),
        *(actors.import_other_file, actors.redeem),
    ),
    (
        *(load_calendar, actors.run_shared, actors.run_own),
        *(actors_day.record_contact, actors_day.hand_over),
    ),
)
