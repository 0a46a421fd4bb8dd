"""How many rewards a second eight clients order at the same time, and none too many.

Clients and calls are those of `redemption`: a call is `action_reserve` of a draft,
which holds points and a piece. Each order is of the next account, so that what clients
meet on is the reward: `one_reward`, all of them order the same one; `many_rewards`, the
next of REWARDS each time. Stock is more than they can order then.

`last_pieces`: PIECES of one reward, and TRIES orders of each client. As many are
ordered as there are; the others are refused. In all three, what is reserved is counted
against what was received.
"""

from odoo.addons.crm_club.models.record.like import insert_like, read_like, taken_back

from .redemption import CLIENTS, SECONDS, create_officer, lay_accounts, run_clients

DRAFTS = 4_000  # for each client and scenario, more than it can use up
REWARDS = 200
PIECES, TRIES = 40, 10  # to be had; of each client


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    user = create_officer(env)
    program = env.ref("crm_club.club_program_main")
    program.order_limit = 1e11  # none is signed
    accounts = lay_accounts(env, program)
    result = {"clients": CLIENTS, "seconds": SECONDS, "accounts": len(accounts)}
    details = {}
    for name, rewards, stock, count in (
        ("one_reward", 1, CLIENTS * DRAFTS, DRAFTS),
        ("many_rewards", REWARDS, CLIENTS * DRAFTS, DRAFTS),
        ("last_pieces", 1, PIECES, TRIES),
    ):
        ids = _lay_rewards(env, program, rewards, stock)
        drafts = _lay_drafts(env, program, user, accounts, ids, count)
        scarce = name == "last_pieces"
        figures = run_clients(env, user, ("action_reserve",), drafts, refusable=scarce)
        figures["oversold"] = _count_oversold(env, ids)
        print(f"  {name}: {figures}", flush=True)
        details[name] = figures
        assert not figures["oversold"], f"{name}: more was ordered than there is"
        if scarce:
            result["last_pieces"] = _count_reserved(env, ids)
            result["last_pieces_refused"] = figures["refused"]
            assert result["last_pieces"] == PIECES, "a piece was left"
        else:
            result[f"{name}_per_second"] = figures["per_second"]
    result["oversold"] = sum(each["oversold"] for each in details.values())
    return {"orders": result, "order_rounds": details}


def _lay_rewards(env, program, count, stock):
    """Return ids of rewards, each with pieces in stock."""
    rewards = env["club.reward"].create(
        [
            {"name": f"Bench tea set {n}", "program_id": program.id, "price": 1}
            for n in range(count)
        ]
    )
    env["club.reward.receipt"].create(
        [
            {"reward_id": reward.id, "quantity": stock, "document": "Bench"}
            for reward in rewards
        ]
    )
    env.cr.commit()
    return rewards.ids


def _lay_drafts(env, program, user, accounts, rewards, count):
    """Return for each client the ids of its drafts."""
    orders = env["club.redemption"]
    with taken_back(env):
        draft = orders.with_user(user).create(
            {
                "program_id": program.id,
                "account_id": accounts[0],
                "reward_id": rewards[0],
                "quantity": 1,
            }
        )
        like = read_like(draft)
    places = range(CLIENTS * count)
    ids = insert_like(
        orders,
        like,
        {
            "name": [f"BENCH/{rewards[0]}/{place}" for place in places],
            "account_id": [accounts[place % len(accounts)] for place in places],
            "reward_id": [rewards[place % len(rewards)] for place in places],
        },
    )
    env.cr.commit()
    for table in ("club_redemption", "club_points_entry", "club_reward_receipt"):
        env.cr._cnx.autocommit = True
        env.cr.execute(f"VACUUM ANALYZE {table}")
        env.cr._cnx.autocommit = False
    return [ids[number::CLIENTS] for number in range(CLIENTS)]


def _count_reserved(env, rewards):
    env.cr.rollback()
    env.cr.execute(
        "SELECT coalesce(sum(quantity), 0) FROM club_redemption"
        " WHERE reward_id = ANY(%s) AND state = 'reserved'",
        [rewards],
    )
    return env.cr.fetchone()[0]


def _count_oversold(env, rewards):
    """Return how many pieces more are reserved than were received."""
    env.cr.rollback()
    env.cr.execute(
        """
        SELECT coalesce(sum(greatest(o.reserved - r.received, 0)), 0)
          FROM (SELECT reward_id, sum(quantity) AS reserved
                  FROM club_redemption
                 WHERE state = 'reserved' AND reward_id = ANY(%s)
                 GROUP BY reward_id) o
          JOIN (SELECT reward_id, sum(quantity) AS received
                  FROM club_reward_receipt
                 GROUP BY reward_id) r USING (reward_id)
        """,
        [rewards],
    )
    return int(env.cr.fetchone()[0])
