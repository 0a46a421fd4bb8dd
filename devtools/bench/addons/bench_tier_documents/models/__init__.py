from . import bench_tier_document
from . import tier_definition
