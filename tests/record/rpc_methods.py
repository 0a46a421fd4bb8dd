"""What RPC may call of ours, by Odoo's own rule; and whose code an error came from."""

import inspect
import re
import traceback
from pathlib import Path
from typing import NamedTuple

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method

MODULE = "crm_club"
OURS = f"odoo.addons.{MODULE}."
ROOT = Path(__file__).parents[2]
_OWN_KEY = re.compile(r"""["'](club_\w+|default_\w+)["']|\b(club_\w+)=""")


class Method(NamedTuple):
    """A method that RPC may call.

    ``is_own``: our code defines it. ``is_generic``: every model has it.
    """

    model: str
    name: str
    is_own: bool
    is_generic: bool
    takes_ids: bool


def find_methods(env):
    """Return all methods of our models, and what our classes add to Odoo's models."""
    found = []
    for model, cls in sorted(env.registry.items()):
        ours = [base for base in cls.mro() if base.__module__.startswith(OURS)]
        if not ours:
            continue
        is_our_model = cls._original_module == MODULE
        for name in dir(cls):
            method = _get_public(env[model], name)
            if method is None:
                continue
            is_own = any(name in vars(base) for base in ours)
            is_generic = hasattr(env.registry["base"], name)
            if is_own or is_generic or is_our_model:
                takes_ids = not getattr(method, "_api_model", False)
                found.append(Method(model, name, is_own, is_generic, takes_ids))
    return found


def _get_public(model, name):
    try:
        return get_public_method(model, name)
    except (AccessError, AttributeError):
        return None


def get_parameters(env, method):
    """Return the names of a method's parameters after self, with their defaults."""
    function = inspect.unwrap(getattr(type(env[method.model]), method.name))
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return {}
    parameters = list(signature.parameters.values())[1:]
    named = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {p.name: p.default for p in parameters if p.kind not in named}


def is_refusal(error):
    """Tell whether the client shows the error as a message, not as a traceback."""
    return isinstance(error, UserError)


def get_own_frames(error):
    """Return the frames of our code that an error passed, tests aside.

    A line that only hands on to `super` has no part in it.
    """
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if _is_ours(frame.filename) and "super(" not in (frame.line or "")
    ]


def _is_ours(filename):
    path = Path(filename)
    # Odoo reads the module through a link.
    if f"/addons/{MODULE}/" not in filename and ROOT not in path.parents:
        return False
    return "/tests/" not in filename and "/devtools/" not in filename


def describe(error):
    """Return an error's kind and the two places that say where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = get_own_frames(error)
    places = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in (*own[-1:], *frames[-1:])
    ]
    return f"{type(error).__name__} in {' < '.join(places)}"


def find_own_keys():
    """Return all names in our sources that may be a context key."""
    names = set()
    for folder in ("models", "wizards", "reports", "views"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".xml"):
                for found in _OWN_KEY.findall(path.read_text("utf-8")):
                    names.update(filter(None, found))
    return sorted(names)
