"""A private PostgreSQL server with PostGIS, in a temporary folder, reachable through a socket there only."""

import os
import re
import shutil
import subprocess
import time

import numpy as np
import shapely

SETTINGS = "shared_buffers=1GB work_mem=256MB jit=off max_parallel_workers_per_gather=0 autovacuum=off fsync=off"

SCHEMA = """
CREATE EXTENSION postgis;
CREATE TABLE grid (id int, geom geometry(Polygon, 4326));
CREATE TABLE point (id int, geom geometry(Point, 4326));
"""

# Both sides are indexed, so that the planner is free to loop over either.
INDEX = """
CREATE INDEX ON grid USING gist (geom);
CREATE INDEX ON point USING gist (geom);
VACUUM ANALYZE grid;
VACUUM ANALYZE point;
"""

# The join as one writes it, for which the planner loops over the points, and the same with the grids outside.
JOINS = {
    "PostGIS, join": """CREATE TEMP TABLE answer AS
        SELECT point.id AS point, grid.id AS grid FROM point JOIN grid ON ST_Intersects(grid.geom, point.geom)""",
    "PostGIS, lateral join": """CREATE TEMP TABLE answer AS
        SELECT inside.id AS point, grid.id AS grid FROM grid CROSS JOIN LATERAL
        (SELECT point.id FROM point WHERE ST_Intersects(grid.geom, point.geom) OFFSET 0) AS inside""",
}


class PostGis:
    def __init__(self, binaries, work, grids, points):
        self.binaries = binaries
        self.home = work / "postgres"
        self.home.mkdir()
        self.as_root = os.geteuid() == 0
        if self.as_root:
            work.chmod(0o755)
            shutil.chown(self.home, "postgres", "postgres")
        self.run("initdb", "-D", self.home / "data", "-A", "trust", "-U", "bench")
        options = f"-k {self.home} -c listen_addresses=''" + "".join(f" -c {s}" for s in SETTINGS.split())
        self.run("pg_ctl", "-D", self.home / "data", "-w", "-o", options, "-l", self.home / "log", "start")
        self.sql(SCHEMA)
        self.copy("grid", grids)
        self.copy("point", points)
        start = time.perf_counter()
        self.sql(INDEX)
        self.prepared = time.perf_counter() - start

    def run(self, program, *args, text=None):
        user = ["runuser", "-u", "postgres", "--"] if self.as_root else []
        command = [*user, self.binaries / program, *args]
        done = subprocess.run(command, input=text, capture_output=program == "psql", text=True, cwd="/",
                              stdout=None if program == "psql" else subprocess.DEVNULL, check=True)
        return done.stdout

    def sql(self, text):
        return self.run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", self.home, "-U", "bench", "postgres", text=text)

    def copy(self, table, shapes):
        shapes = shapely.set_srid(shapes, 4326)
        rows = "\n".join(f"{i}\t{h}" for i, h in enumerate(shapely.to_wkb(shapes, hex=True, include_srid=True)))
        self.sql(f"COPY {table} FROM stdin;\n{rows}\n\\.\n")

    def version(self):
        return self.sql("SELECT 'PostgreSQL ' || current_setting('server_version') || ', PostGIS ' || postgis_lib_version()").strip()

    def join(self, statement):
        out = self.sql(f"\\timing on\n{statement};\n\\timing off\nSELECT point, grid FROM answer;")
        timing, rows = out.split("\n", 1)
        seconds = float(re.search(r"Time: ([0-9.]+) ms", timing).group(1)) / 1000
        pairs = np.array(rows.replace("|", " ").split(), dtype="i8").reshape(-1, 2).T
        return self.prepared, seconds, pairs

    def stop(self):
        self.run("pg_ctl", "-D", self.home / "data", "-m", "immediate", "stop")
