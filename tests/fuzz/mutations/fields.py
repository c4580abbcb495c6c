"""What hands do to a YAML or a JSON file: values, fields, nesting."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.fuzz.mutations.mutation import ODD, Mutation, replace

# Values in the language itself, put where a marker stands.
_YAML = (
    *ODD,
    *("[]", "{}", "[1, [2]]", "{a: 1}", "''", '"\\0"', "'5'", "[1, 2, 3]", "{1: 2, 1: 3}"),
    *("!!python/object:os.system x", "!!binary aGk=", "!!str 5", "!thing x", "&a x", "*a", "|"),
    *("!!set {a}", "2024-01-31 10:00:00", "? x", "- x", "[" * 100, "[" * 5000, "@x", "%x", "`"),
)
_JSON = (
    *("null", "true", '""', "[]", "{}", "0", "-1", "1e400", "NaN", "-Infinity", "9" * 30, "1.5"),
    *('"x"', '"é"', '"\\u0000"', '"\\ud800"', "[1]", '{"a": 1}', "9" * 5000, "[" * 100_000, "'x'"),
    *(json.dumps("2025-13-01T10:00:00"), json.dumps("2025-01-01"), json.dumps("x" * 200_000)),
    *(json.dumps("[red]x"), json.dumps("running"), json.dumps("complete"), json.dumps("../x")),
)
_MARK = "MARK0815"


def _load(path: Path) -> dict | None:
    try:
        read = json.loads if path.suffix == ".json" else yaml.safe_load
        content = read(path.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError):
        return None
    return content if isinstance(content, dict) and content else None


def _dump(path: Path, content: Any) -> str:
    if path.suffix == ".json":
        return json.dumps(content, indent=1)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key or index in it."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield content, key
        if isinstance(value, dict | list):
            yield from _places(value)


def changing(change: Callable[[dict, Random], str | None]) -> Callable[[Path, Random], str | None]:
    """A mutation of the content."""

    def do(path: Path, rng: Random) -> str | None:
        content = _load(path)
        words = None if content is None else change(content, rng)
        if words is not None:
            replace(path, _dump(path, content).encode())
        return words

    return do


def _odd_value(path: Path, rng: Random) -> str | None:
    content = _load(path)
    if content is None:
        return None
    container, key = rng.choice(list(_places(content)))
    is_json = path.suffix == ".json"
    value = rng.choice(_JSON if is_json else _YAML)
    old, container[key] = container[key], _MARK
    marker = f'"{_MARK}"' if is_json else _MARK
    text = _dump(path, content).replace(marker, value)
    replace(path, text.encode("utf-8", errors="surrogatepass"))
    return f"{key}: {value[:40]!r} in place of {str(old)[:40]!r}"


def _field_gone(content: dict, rng: Random) -> str:
    container, key = rng.choice(list(_places(content)))
    del container[key]
    return f"without {key}"


def _field_renamed(content: dict, rng: Random) -> str | None:
    places = [(c, k) for c, k in _places(content) if isinstance(c, dict)]
    container, key = rng.choice(places)
    value = container.pop(key)
    name = rng.choice([f"{key}s", str(key).upper(), f"{key} ", "x", ""])
    container[name] = value
    return f"{key} named {name!r}"


def _field_added(content: dict, rng: Random) -> str:
    places = [c for c, _ in _places(content) if isinstance(c, dict)]
    name = rng.choice(["x", "exclusion", "on", "1"])
    rng.choice(places)[name] = rng.choice([1, "x", None, [1], {"a": 1}])
    return f"a field {name}"


def _values_swapped(content: dict, rng: Random) -> str:
    (a, i), (b, j) = rng.choices(list(_places(content)), k=2)
    a[i], b[j] = json.loads(json.dumps([b[j], a[i]], default=str))
    return f"values of {i} and {j} swapped"


def _list_longer(content: dict, rng: Random) -> str | None:
    lists = [c[k] for c, k in _places(content) if isinstance(c[k], list) and c[k]]
    if not lists:
        return None
    chosen = rng.choice(lists)
    n = rng.choice([1, 1, 50])
    chosen += [rng.choice(chosen)] * n
    return f"an item {n} times more in a list of {len(chosen) - n}"


def _number_scaled(content: dict, rng: Random) -> str | None:
    numbers = [
        (c, k)
        for c, k in _places(content)
        if isinstance(c[k], int | float) and not isinstance(c[k], bool)
    ]
    if not numbers:
        return None
    container, key = rng.choice(numbers)
    factor = rng.choice([-1, 0, 0.001, 10, 1000, 1e6, 1e30])
    container[key] *= factor
    return f"{key} × {factor}: {container[key]}"


def _field_twice(path: Path, rng: Random) -> str | None:
    content = _load(path)
    if content is None:
        return None
    key = rng.choice(list(content))
    if path.suffix == ".json":
        text = path.read_text(encoding="utf-8").rstrip()
        text = f"{text[:-1]}, {json.dumps(str(key))}: {rng.choice(_JSON[:10])}}}"
    else:
        text = path.read_text(encoding="utf-8") + _dump(path, {key: content[key]})
    replace(path, text.encode())
    return f"{key} twice"


def _deep(path: Path, rng: Random) -> str:
    n = rng.choice([50, 5000, 200_000])
    start = {".json": '{"a":', ".yaml": "{a: "}[path.suffix] * n
    replace(path, rng.choice([start, "[" * n, "- " * n]).encode())
    return f"{n} levels deep"


def _aliases(path: Path, rng: Random) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 40)]
    text = rng.choice(["\n".join(lines), "a: &a [*a]", "a: &a {<<: *a}", "<<: [1]", "? [a]\n: 1"])
    replace(path, (text + "\n").encode() + path.read_bytes())
    return f"aliases: {text[:40]!r}"


def _other_yaml(path: Path, rng: Random) -> str:
    text = path.read_text(encoding="utf-8")
    made, words = rng.choice(
        [
            (text.replace("  ", "\t"), "tabs"),
            (text + "---\n" + text, "two documents"),
            ("- " + text.replace("\n", "\n  "), "a list"),
            (f"{text}...\nx", "an end of the document"),
            ("%YAML 9.9\n---\n" + text, "another YAML"),
            (text.replace(":", ":", 1).replace(": ", ":"), "no spaces"),
        ]
    )
    replace(path, made.encode())
    return words


_YAMLS = ("*.yaml",)
_BOTH = ("*.yaml", "*.json")
# Whoever reads the study file refuses it.
STUDIES = ("fuzz.yaml", "*/rehearsal_fuzz/study.yaml")
_ALL = ("describe", "build", "check", "status", "run", "report", "session", "preview", "rehearsal")


def _unit_twice(content: dict, rng: Random) -> str:
    main = content["units"]["main"]
    main.append(main[0].replace("_000", "_00000") if rng.random() < 0.5 else main[0])
    return f"units.main: {main}"


def _right_is_wrong(content: dict, rng: Random) -> str:
    content["natural"]["query_percentiles"] = [10, 20]
    return "query_percentiles: [10, 20]"


def _other_unit_of_time(content: dict, rng: Random) -> str:
    field, value = rng.choice([("fixation", 500), ("feedback", 700), ("blank", 100)])
    content["timing"] = content.get("timing", {}) | {field: value}
    return f"timing.{field}: {value}"


def _rule_in_ms(content: dict, rng: Random) -> str:
    field = rng.choice(["min_rt_s", "max_rt_s"])
    content["exclusions"] = {field: 60_000}
    return f"{field} in milliseconds"


MUTATIONS = (
    Mutation("odd value", _odd_value, _BOTH),
    Mutation("odd value 2", _odd_value, _BOTH),
    Mutation("odd value 3", _odd_value, _BOTH),
    Mutation("field gone", changing(_field_gone), _BOTH),
    Mutation("field renamed", changing(_field_renamed), _BOTH),
    Mutation("field added", changing(_field_added), _BOTH),
    Mutation("values swapped", changing(_values_swapped), _BOTH),
    Mutation("longer list", changing(_list_longer), _BOTH),
    Mutation("scaled", changing(_number_scaled), _BOTH),
    Mutation("field twice in JSON", _field_twice, ("*.json",)),
    Mutation("deep", _deep, _BOTH),
    Mutation("aliases", _aliases, _YAMLS),
    Mutation("other YAML", _other_yaml, _YAMLS),
    Mutation("field twice", _field_twice, STUDIES, _ALL),
    Mutation("unit twice", changing(_unit_twice), STUDIES, _ALL),
    Mutation("right is wrong", changing(_right_is_wrong), STUDIES, _ALL),
    Mutation("another unit of time", changing(_other_unit_of_time), STUDIES, _ALL),
    Mutation("rule in ms", changing(_rule_in_ms), STUDIES, _ALL),
)
