from . import lock
from . import logged
from . import approval
from . import program
from . import points
from . import membership
from . import audit
from . import core
