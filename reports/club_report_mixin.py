from odoo import api, models


class ClubReportMixin(models.AbstractModel):
    """What the template of a paper is given: data objects, no figure of its own.

    A paper names `_source` and `_papers` and collects in `_get_papers`. Rule E3.
    """

    _name = "club.report.mixin"
    _description = "Paper"

    # The model of the records that are printed.
    _source = ""
    # The name by which the template knows what it walks.
    _papers = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._source].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": self._source,
            self._papers: self._get_papers(records, data or {}),
        }

    @api.model
    def _get_papers(self, records, data):
        """Return the data objects that the template walks. Abstract.

        Asked as whoever prints, of whatever ids a client sent.

        :param data: what the client sent along
        :raises AccessError: when the user may not read all of it
        """
        raise NotImplementedError
