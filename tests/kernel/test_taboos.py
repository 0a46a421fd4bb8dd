import unittest

from kernel.taboos import find_avoided, find_conflicts


class TestTaboos(unittest.TestCase):
    """Rule D11: a hint which dishes somebody won't eat."""

    def test_what_is_avoided(self):
        for diet, taboos, expected in (
            ("", "", []),
            ("Vegetarian", "", []),
            ("No pork", "", ["pork"]),
            ("no pork or beef", "", ["pork", "beef"]),
            ("", "pork and beef", ["pork", "beef"]),
            ("Allergic to nuts", "", ["nuts"]),
            ("doesn't eat lamb", "", ["lamb"]),
            ("Northern food", "", []),
            ("忌口香菜、对花生过敏", "", ["香菜", "花生"]),
            ("不吃香菜和葱", "", ["香菜", "葱"]),
            ("不吃香菜、葱，爱喝茶", "", ["香菜", "葱"]),
        ):
            with self.subTest(diet=diet, taboos=taboos):
                self.assertEqual(find_avoided(diet, taboos), expected)

    def test_what_is_in_a_dish(self):
        for ingredients, word, expected in (
            ("prawns, garlic", "garlic", True),
            ("Garlic prawns", "garlic", True),
            ("prawns", "prawn", True),
            ("steak", "tea", False),
            ("tea", "steak", False),
            ("清蒸海鲜", "海鲜", True),
            ("香菜", "香菜叶", True),
            ("豆腐", "香菜", False),
            ("", "garlic", False),
            ("peanuts", "peanut", True),
        ):
            with self.subTest(ingredients=ingredients, word=word):
                self.assertEqual(bool(find_conflicts(ingredients, [word])), expected)


if __name__ == "__main__":
    unittest.main()
