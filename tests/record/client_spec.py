"""What the web client asks for when it opens a form."""

from ast import literal_eval

from lxml import etree

from odoo.tests import Form

LIMIT = 40  # of linked records that are shown at once


class ClientForm(Form):
    """A form whose specification is the client's.

    Odoo's own reads each list's lines as if their dialogs were open, with all that
    their forms show, and no names. The client asks for the columns, for a dialog's
    fields where the view brings the dialog along, and for the name of what is linked;
    of many it asks for a page.
    """

    def _process_view(self, tree, model, level=2):
        view = super()._process_view(tree, model, level)
        linked = {}
        depth = tree.xpath("count(ancestor::field)")
        for node in tree.xpath(f".//field[count(ancestor::field) = {depth}]"):
            field = model._fields[node.get("name")]
            if field.relational:
                found = self._get_linked(node, field, level)
                _merge(linked.setdefault(field.name, {}), found)
            elif field.type == "image" or node.get("widget") == "image":
                view["fields_spec"]["write_date"] = {}  # part of a picture's address
            shown = self._get_shown(node, field)
            if shown is not None:
                view["fields_spec"][field.name] |= self._get_page(shown)
        for name, fields in linked.items():
            view["fields_spec"][name]["fields"] = fields
        return view

    def _get_shown(self, node, field):
        """Return the list or the cards that show what is linked."""
        if field.type not in ("one2many", "many2many"):
            return None
        return next((child for child in node if child.tag in ("list", "kanban")), None)

    def _get_page(self, arch):
        """Return how many of a list are asked for, and in which order."""
        page = {"limit": int(arch.get("limit") or LIMIT)}
        if arch.get("default_order"):
            page["order"] = arch.get("default_order")
        return page

    def _get_linked(self, node, field, level):
        if {node.get("invisible"), node.get("column_invisible")} & {"1", "True"}:
            return {}
        if field.type == "many2one":
            return {"display_name": {}}
        model = self._env[field.comodel_name]
        views = node.xpath("./*[descendant::field]")
        if not views:
            options = literal_eval(node.get("options") or "{}")
            names = ("display_name", options.get("color_field"))
            return {name: {} for name in names if name}
        spec = {}
        for view in views:
            view = etree.fromstring(etree.tostring(view))
            _merge(spec, self._process_view(view, model, level - 1)["fields_spec"])
        return spec

    def _get_one2many_edition_view(self, field_info, node, level):
        inline = list(node)
        view = super()._get_one2many_edition_view(field_info, node, level)
        for part in set(node) - set(inline):
            node.remove(part)  # a dialog that the client asks for when it opens
        return view


def _merge(spec, other):
    for name, part in other.items():
        known = spec.setdefault(name, part)
        if known is not part and "fields" in part:
            _merge(known.setdefault("fields", {}), part["fields"])


def get_form_spec(record, view):
    """Return the specification that the client sends to `web_read`.

    :param view: the external ID of the form
    """
    spec = ClientForm(record, view)._view["fields_spec"]
    return {**spec, "display_name": {}, "write_date": {}}


def get_list_spec(env, model):
    """Return the specification that the client sends for a model's first list."""
    views = env[model].get_views([(None, "list")])
    form = ClientForm.__new__(ClientForm)  # for its reading of views
    object.__setattr__(form, "_record", env[model])
    object.__setattr__(form, "_env", env)
    object.__setattr__(form, "_models_info", views["models"])
    arch = etree.fromstring(views["views"]["list"]["arch"])
    return form._process_view(arch, env[model])["fields_spec"]
