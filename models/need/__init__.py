from . import club_need
