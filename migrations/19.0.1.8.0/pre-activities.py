"""The screen at the door took the place of the one where only cards were scanned."""


def migrate(cr, _version):
    # Its button is gone: views that are loaded before it would be found wrong.
    cr.execute(
        """
        WITH gone AS (
            DELETE FROM ir_model_data
             WHERE module = 'crm_club' AND name = 'club_activity_view_form_cards'
            RETURNING res_id)
        DELETE FROM ir_ui_view v USING gone WHERE v.id = gone.res_id
        """
    )
