"""Where banquets, visits, round tables, introductions name a person. C1, C7, D11.

A person is named on those to which he came, and on those of his company: what is typed
there may be about him.
"""

from odoo.tools import SQL

# What documents the person or his company has to do with.
DOCUMENTS = {
    "club.banquet": """
        SELECT id FROM club_banquet
         WHERE principal_id = ANY(%(ids)s) OR account_id = %(account)s
         UNION SELECT banquet_id FROM club_banquet_seat
         WHERE contact_id = ANY(%(ids)s) OR account_id = %(account)s
    """,
    "club.visit": """
        SELECT id FROM club_visit
         WHERE account_id = ANY(%(ids)s) OR account_id = %(account)s
         UNION SELECT visit_id FROM club_visit_contact_rel
         WHERE contact_id = ANY(%(ids)s)
    """,
    "club.round.table": """
        SELECT round_table_id FROM club_round_table_invitee
         WHERE contact_id = ANY(%(ids)s) OR account_id = %(account)s
    """,
    "club.match.offer": """
        SELECT id FROM club_match_offer
         WHERE contact_id = ANY(%(ids)s) OR account_id = %(account)s
    """,
    "club.introduction": """
        SELECT id FROM club_introduction
         WHERE contact_id = ANY(%(ids)s) OR other_contact_id = ANY(%(ids)s)
            OR account_id = %(account)s OR other_account_id = %(account)s
    """,
}
# Texts on them and on their lines: model, table, link to the document, columns.
TEXTS = (
    ("club.banquet", "club_banquet", "id", ("purpose", "kitchen_note", "dress")),
    (
        *("club.banquet", "club_banquet_seat", "banquet_id"),
        ("name", "title", "note"),
    ),
    ("club.banquet", "club_banquet_dish", "banquet_id", ("name", "note")),
    (
        *("club.visit", "club_visit", "id"),
        ("subject", "needs", "feedback", "meeting_point"),
    ),
    ("club.visit", "club_visit_stop", "visit_id", ("name", "note")),
    (
        *("club.visit", "club_visit_valuable", "visit_id"),
        ("name", "owner_name", "note"),
    ),
    (
        *("club.round.table", "club_round_table", "id"),
        ("theme", "agenda", "minutes"),
    ),
    ("club.round.table", "club_round_table_invitee", "round_table_id", ("note",)),
    ("club.match.offer", "club_match_offer", "id", ("name", "description")),
    ("club.introduction", "club_introduction", "id", ("result",)),
)
# Copies of what he is called, on lines that point at him: blanked.
COPIES = {
    "club_banquet_seat": ("contact_id", ("name", "title", "note", "address_form")),
    "club_round_table_invitee": ("contact_id", ("note",)),
    "club_visit_valuable": ("owner_id", ("owner_name", "note")),
}


def find_documents(model, ids, account_id):
    """Return the query of the documents of a model that have to do with a person."""
    return SQL(DOCUMENTS[model], ids=list(ids), account=account_id)


def find_all_documents(ids, account_id):
    """Return the query of model and id of all of them."""
    return SQL(" UNION ALL ").join(
        SQL(
            "SELECT %s::varchar, found.id FROM (%s) AS found(id)",
            model,
            find_documents(model, ids, account_id),
        )
        for model in DOCUMENTS
    )
