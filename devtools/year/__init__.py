"""A year of the club on a demonstration database: what `./dev run` does.

On the near side, without Odoo: `statements` reads the caller's files, `purchases` has
the built-in ones, `plan` is what is to be done, `recount` what must come of it,
`database` makes the database, `result` prints what came of it. On the far side, inside
Odoo: `simulation` walks through the months with `club`, `months`, `figures`, `papers`.
"""
