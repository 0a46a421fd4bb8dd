"""A club on a demonstration database: what `./dev run` does.

On the near side, without Odoo: `world` draws a simulated club by a seed, with `names`;
`statements` reads the caller's files, `purchases` has the built-in ones, `plan` is
what is to be done, `recount` what must come of it, `database` makes the database,
`result` prints what came of it.

On the far side, inside Odoo: `simulation` begins. It walks through the months of a plan
with `club`, `months`, `figures`, `papers`, or through those of a world with `living`:
`settling` is its first day; `caring`, `inviting`, `rewarding` and `aiming` are what
goes on besides the ledger, in the words of `story`. `clock` and `chance` are simulated:
the same seed on the same day gives the same club, codes of vouchers and cards too.
"""
