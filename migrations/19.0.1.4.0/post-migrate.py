"""What older installations need to become what a new one is."""


def migrate(cr, version):
    drop_stored_names(cr)


def drop_stored_names(cr):
    """Names of runs and requalifications are computed for whoever reads them."""
    cr.execute(
        """
        ALTER TABLE club_points_run DROP COLUMN IF EXISTS name;
        ALTER TABLE club_requalification DROP COLUMN IF EXISTS name
        """
    )
