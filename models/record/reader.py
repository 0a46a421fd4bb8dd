"""Those who are told: in which language they read, and who hears of it at last."""

from .groups import OFFICER


def as_reader(records, reader):
    """Return ``records`` in the language of who reads what is written of them.

    :param reader: a user or partner; without a language, or none, it stays as it is
    """
    # sudo: the language of whoever reads it
    return records.with_context(lang=reader.sudo().lang or records.env.lang)


def by_language(records, readers):
    """Yield ``(records, readers)``: records as those read them who share a language.

    :param readers: users or partners
    """
    # sudo: the language of whoever reads it
    for found in readers.sudo().grouped(lambda reader: reader.lang).values():
        yield as_reader(records, found[0]), found


def get_officers(env, company):
    """Return the club's officers who work in a company."""
    # sudo: who is told, whoever presses
    officers = env.ref(OFFICER).sudo().all_user_ids
    return officers.filtered(
        lambda user: user.active and company in user.company_ids
    ).with_env(env)
