"""What the forms of documents to sign get: buttons, banners, trail, fixed fields."""

from lxml import etree

from .states import EDITABLE


def insert_parts(arch, parts):
    """Put the shared parts where forms have their like.

    :param parts: of the template `club_approval_form_parts`
    """
    header, sheet = arch.find(".//header"), arch.find(".//sheet")
    if header is None:
        header = etree.Element("header")
        arch.insert(0, header)
    for index, node in enumerate(list(parts.find("buttons"))):
        header.insert(index, node)
    for node in reversed(list(parts.find("banner"))):
        header.addnext(node)
    if sheet is None:
        arch.append(parts.find("trail")[0])
        return
    notebook = sheet.find("./notebook")
    if notebook is None:
        sheet.append(parts.find("trail")[0])
    else:
        notebook.append(parts.find("page")[0])


def set_guarded_readonly(arch, model):
    """Show as fixed what is fixed once submitted, where the form says no more."""
    guarded = {*model._approval_guarded, *model._approval_lines}
    for node in arch.iterfind(".//field"):
        if node.get("name") in guarded and not node.get("readonly"):
            is_line = next(node.iterancestors("field"), None) is not None
            if not is_line and not model._fields[node.get("name")].readonly:
                node.set("readonly", f"approval_state not in {EDITABLE}")
