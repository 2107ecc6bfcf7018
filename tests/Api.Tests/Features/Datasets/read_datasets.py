"""Reads dataset folders as a stranger would: the standard library only, the written schema, and each form's own rules.

usage: read_datasets.py SCHEMA FOLDER...; prints one JSON object, {folder: {"rows": n, "problems": [...]}}.
"""

import gzip
import json
import pathlib
import re
import sys

TYPES = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check(value, schema, root, where, problems):
    """The part of JSON Schema that the schema uses; a keyword that is none of it is an error."""
    for keyword in schema:
        if keyword not in {"$ref", "type", "enum", "pattern", "minimum", "minLength", "required", "properties", "additionalProperties", "items", "minItems", "maxItems"}:
            raise ValueError(f"keyword {keyword} at {where}")
    if "$ref" in schema:
        return check(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where, problems)
    if "enum" in schema and value not in schema["enum"]:
        problems.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_type(value, name) for name in names):
            problems.append(f"{where}: {type(value).__name__} is not {names}")
            return
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            problems.append(f"{where}: {value!r} does not match {schema['pattern']}")
        if len(value) < schema.get("minLength", 0):
            problems.append(f"{where}: too short")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < schema.get("minimum", value):
        problems.append(f"{where}: {value} is too small")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        problems += [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties") is False:
            problems += [f"{where}: {name} is not in the schema" for name in value if name not in known]
        for name, part in known.items():
            if name in value:
                check(value[name], part, root, f"{where}.{name}", problems)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            problems.append(f"{where}: {len(value)} items")
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), root, f"{where}[{i}]", problems)


def rules(form, row):
    """What a trainer needs and a schema cannot say."""
    if form == "sft" and [m["role"] for m in row["messages"]][-1] != "assistant":
        yield "the last message is not the assistant's"
    if form in ("completion", "kto", "dpo", "verl") and row["prompt"][-1]["role"] != "user":
        yield "the prompt does not end with the user's message"
    if form == "dpo" and row["chosen"] == row["rejected"]:
        yield "chosen and rejected are the same"
    if form == "sharegpt":
        spoken = [t["from"] for t in row["conversations"] if t["from"] != "system"]
        if spoken != ["human", "gpt"] * (len(spoken) // 2):
            yield f"turns do not alternate: {spoken}"
    if form == "kto" and row["label"] != (row["reason"] == "chosen"):
        yield f"label {row['label']} with reason {row['reason']}"


def read(folder, root):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    form, problems, total = manifest["format"], [], 0
    for split, expected in manifest["counts"]["splits"].items():
        found = 0
        for file in sorted((folder / "data").glob(f"{split}-*")):
            with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    row = json.loads(line)
                    where = f"{file.name}:{found + 1}"
                    before = len(problems)
                    check(row, root["$defs"][form], root, where, problems)
                    if len(problems) == before:
                        problems += [f"{where}: {rule}" for rule in rules(form, row)]
                    found += 1
        if found != expected:
            problems.append(f"{split}: {found} rows, the manifest says {expected}")
        total += found
    return {"rows": total, "problems": problems}


if __name__ == "__main__":
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
    print(json.dumps({name: read(pathlib.Path(name), schema) for name in sys.argv[2:]}))
