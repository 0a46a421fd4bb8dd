"""Whether every screen opens: Odoo's views as they are combined, and the club's app.

`faults` runs inside Odoo's shell.
"""


def faults(env) -> list[str]:
    """Return which views can't be combined and read, and which screens fail."""
    from devtools.crawl import walker

    return [
        *_check_views(env),
        *(
            f"{opening.place} {opening.view} {opening.what}: {opening.error}"
            for opening in walker.crawl(env, ["admin"])
            if opening.error
        ),
    ]


def _check_views(env) -> list[str]:
    """Read each view by itself, as the client asks for it."""
    found = []
    views = env["ir.ui.view"].search(
        [("mode", "=", "primary"), ("type", "!=", "qweb"), ("model", "!=", False)]
    )
    for view in views:
        if view.model not in env:
            found.append(f"{view.xml_id}: there is no {view.model}")
            continue
        try:
            with env.cr.savepoint(flush=False):
                env[view.model].get_view(view.id, view.type)
        except Exception as error:
            found.append(f"{view.xml_id or view.id} of {view.model}: {error}")
    return found
