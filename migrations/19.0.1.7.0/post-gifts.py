"""Limit the gifts of Party, government and military bodies. Rule D17."""


def migrate(cr, version):
    cr.execute(
        "UPDATE club_account_class c SET gift_is_limited = TRUE, gift_limit = 0"
        "  FROM ir_model_data d"
        " WHERE d.module = 'crm_club' AND d.model = 'club.account.class'"
        "   AND d.res_id = c.id AND d.name LIKE 'club_account_class_party_%'"
        "   AND c.gift_is_limited IS NULL"
    )
