from . import lock
from . import program
from . import points
from . import membership
from . import core
