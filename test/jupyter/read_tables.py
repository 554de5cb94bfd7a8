"""Reads the tables of an atlas with pandas and with DuckDB, and prints what is in them as JSON. usage: read_tables.py FOLDER"""
import json
import sys

import duckdb
import pandas

folder = sys.argv[1]
table = pandas.read_parquet(f"{folder}/atlas.parquet")
channels = f"'{folder}/atlas.parquet'"
patches = f"'{folder}/patches.parquet'"


def ask(query):
    return [row[0] for row in duckdb.sql(query).fetchall()]


with open(f"{folder}/atlas.json") as file:
    atlas = json.load(file)
print(
    json.dumps(
        {
            "pandas": {"columns": list(table.columns), "means": table["mean"].tolist()},
            "duckdb": {
                "maxima": ask(f"SELECT max FROM {channels}"),
                "dead": ask(f"SELECT count(*) FROM {channels} WHERE dead")[0],
                "first": ask(f"SELECT value FROM {patches} WHERE layer = 'detectors' AND channel = 0 ORDER BY rank"),
            },
            "json": {"model": atlas["model"]},
        }
    )
)
