from . import bench_points_entry
