"""Which documents there are to sign, and where they are stored: asked of the registry,
so that a new one is tested the day it comes.
"""


def find_documents(env):
    """Return the names of the models with the approval mixin, sorted."""
    return sorted(
        name
        for name, model in env.registry.items()
        if hasattr(model, "_approval_guarded") and not model._abstract
    )


def find_signed_lines(env):
    """Return the names of the models whose records are lines that are signed."""
    return {
        env[name]._fields[field].comodel_name
        for name in find_documents(env)
        for field in env[name]._approval_lines
    }


def find_tables(env, prefixes):
    """Return the tables of documents to sign and of their lines, and of the models that
    begin with one of ``prefixes``, with those of their many2many fields, sorted.
    """
    signed = {*find_documents(env), *find_signed_lines(env)}
    models = [
        model
        for name, model in env.registry.items()
        if name in signed or name.startswith(prefixes)
        if model._auto and not (model._abstract or model._transient)
    ]
    relations = {
        field.relation
        for model in models
        for field in model._fields.values()
        if field.type == "many2many" and field.store and field._module == "crm_club"
    }
    return sorted({model._table for model in models} | relations)
