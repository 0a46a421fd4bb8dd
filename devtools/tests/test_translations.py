"""Merging keeps translations, drops what is gone and doesn't change without cause."""

import ast
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import polib

from devtools import translations
from devtools.home import CHECKOUT

POT = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"POT-Creation-Date: 2026-01-05 10:00+0000\\n"

#. module: crm_club
#: model:ir.model,name:crm_club.model_club_tier
msgid "Tier"
msgstr ""

#. module: crm_club
#: model:ir.model.fields,field_description:crm_club.field_club_tier__create_uid
msgid "Created by"
msgstr ""

#. module: crm_club
#: model:ir.model,name:crm_club.model_club_points_run
msgid "Points Run"
msgstr ""
"""
OLD = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Tier"
msgstr "等级"

#, fuzzy
msgid "Points Run"
msgstr "猜的"

msgid "Gone"
msgstr "没有了"
"""


class TestMerged(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.path = Path(holder.name) / "zh_CN.po"
        self.path.write_text(OLD)
        shared = patch.object(
            translations, "_shared_translations", return_value={"Created by": "创建人"}
        )
        shared.start()
        self.addCleanup(shared.stop)

    def merge(self):
        return translations.merged(translations.without_dates(POT), self.path, "zh_CN")

    def test_own_translations_come_first_then_those_of_odoo(self):
        self.assertEqual(
            {entry.msgid: entry.msgstr for entry in self.merge()},
            {"Created by": "创建人", "Points Run": "", "Tier": "等级"},
        )

    def test_merging_the_result_again_changes_nothing(self):
        first = str(self.merge())
        self.path.write_text(first)
        self.assertEqual(str(self.merge()), first)
        self.assertNotIn("POT-Creation-Date", first)


class TestSenses(unittest.TestCase):
    """A word that means two things has two English sources."""

    SENSES = {"Waiting": {"等待签批": ["club_approval_"], "候补": ["club_invitation"]}}

    def misread(self, translation, *places):
        catalogue = polib.POFile()
        catalogue.append(
            polib.POEntry(
                msgid="Waiting",
                msgstr=translation,
                occurrences=[(place, "") for place in places],
            )
        )
        catalogue.append(polib.POEntry(msgid="Other", msgstr="其他"))
        return translations.misread(catalogue, self.SENSES)

    def test_one_meaning_and_its_translation(self):
        places = ("crm_club.club_approval_request", "crm_club.club_approval_signature")
        self.assertEqual(self.misread("等待签批", *places), [])
        self.assertEqual(self.misread("候补", "field_club_invitation__state"), [])

    def test_two_meanings_need_two_sources(self):
        found = self.misread("等待签批", "club_approval_request", "club_invitation")
        self.assertEqual(len(found), 1)
        self.assertIn("2 meanings", found[0])

    def test_a_place_without_a_meaning_is_asked_for(self):
        [sentence] = self.misread("等待签批", "club_approval_x", "club_visit")
        self.assertIn("club_visit", sentence)

    def test_another_translation_is_named(self):
        [sentence] = self.misread("等待签批", "club_invitation")
        self.assertIn("候补, not 等待签批", sentence)

    def test_the_words_on_the_list_can_be_told_apart(self):
        for word, meanings in translations.read_senses().items():
            parts = [part for found in meanings.values() for part in found]
            self.assertEqual(len(parts), len(set(parts)), word)


class TestMisprinted(unittest.TestCase):
    """Chinese is set as Chinese is; what is no text may look as it likes."""

    def _found(self, translation: str) -> list[str]:
        catalogue = polib.POFile()
        catalogue.append(polib.POEntry(msgid="Source", msgstr=translation))
        return translations.misprinted(catalogue)

    def test_english_punctuation_is_found(self):
        for text in ("等级(旧)", "等级: 黄金", "先核实,再过账", "已过账.", ":须招标"):
            with self.subTest(text):
                self.assertIn("English punctuation", self._found(text)[0])

    def test_stray_blanks_are_found(self):
        for text in ("请核实， 再过账", "%s （副本）", "已 过账"):
            with self.subTest(text):
                self.assertIn("a blank", self._found(text)[0])

    def test_what_is_set_well_passes(self):
        for text in (
            "%(account)s 为 %(tier)s，请先核实（规则 B5）。",
            "开始于 9:30，共 1,000 分",
            '<span class="a: b; c">等级</span>',
            "'申请 - %s' % object.name",
            "Tier: (old)",
        ):
            with self.subTest(text):
                self.assertEqual(self._found(text), [])


class TestTerms(unittest.TestCase):
    def test_no_term_is_a_single_sign(self):
        """Odoo leaves such a term out of what is translated, a lone comma for one."""
        lone = [
            f"{path.relative_to(CHECKOUT)}:{node.lineno}"
            for folder in ("controllers", "models", "reports", "wizards")
            for path in sorted((CHECKOUT / folder).rglob("*.py"))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
            if isinstance(node, ast.Call) and self._is_too_short(node)
        ]
        self.assertEqual(lone, [])

    def _is_too_short(self, call):
        function = call.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        term = call.args[0] if call.args else None
        return (
            name in ("_", "_lt")
            and isinstance(term, ast.Constant)
            and len(str(term.value).strip()) < 2
        )
