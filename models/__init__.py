from . import lock
from . import approval
from . import program
from . import points
from . import membership
from . import audit
from . import core
