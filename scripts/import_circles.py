"""Finds circles among the files of a crate: `python3 scripts/import_circles.py crates/*/src`.

A file depends on another when it names one of its items by `crate::…` or `super::…`, or declares it
with `mod` and uses it. Declaring a child (`mod child;`) alone is no dependency, and re-exports
(`pub use child::Thing`) point at the file that defines the thing, so that a folder's `mod.rs` can
offer what its files define. Unit tests at the foot of a file are left out.
"""

import re
import sys
from pathlib import Path


def module_path(root: Path, file: Path) -> tuple[str, ...]:
    parts = list(file.relative_to(root).with_suffix("").parts)
    if parts[-1] in ("mod", "lib", "main"):
        parts.pop()
    return tuple(parts)


def without_tests_and_comments(text: str) -> str:
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"\bpub\([^)]*\)", "pub", text)
    return re.split(r"#\[cfg\(test\)\]\s*mod tests\b", text)[0]


def use_paths(text: str) -> list[list[str]]:
    """Every path of every `use`, with braces opened up, and inline `crate::a::B` paths."""
    found = []
    for statement in re.findall(r"\buse\s+([^;]+);", text):
        found += expand(re.sub(r"\s+", " ", statement.strip()))
    body = re.sub(r"\buse\s+[^;]+;", "", text)
    for path in re.findall(r"(?<![\w:])[a-z_]\w*(?:::\w+)+", body):
        found.append(path.split("::"))
    return found


def expand(statement: str) -> list[list[str]]:
    brace = statement.find("{")
    if brace < 0:
        return [re.sub(r"\s+as\s+\w+", "", statement).replace(" ", "").split("::")]
    head = statement[:brace].replace(" ", "").rstrip(":").split("::")
    head = [part for part in head if part]
    inner, depth, start, items = statement[brace + 1 : statement.rfind("}")], 0, 0, []
    for i, c in enumerate(inner + ","):
        if c == "{":
            depth += 1
        elif c == "}":
            depth -= 1
        elif c == "," and depth == 0:
            if inner[start:i].strip():
                items.append(inner[start:i].strip())
            start = i + 1
    return [head + tail for item in items for tail in expand(item)]


def main(roots: list[str]) -> int:
    failed = False
    for root in map(Path, roots):
        files = {module_path(root, f): f for f in root.rglob("*.rs") if "tests" not in f.parts and f.name != "tests.rs"}
        texts = {m: without_tests_and_comments(f.read_text()) for m, f in files.items()}
        exports: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for module, text in texts.items():
            for statement in re.findall(r"\bpub(?:\([^)]*\))?\s+use\s+([^;]+);", text):
                for path in expand(re.sub(r"\s+", " ", statement.strip())):
                    exports[(module, path[-1])] = path

        def absolute(module: tuple[str, ...], path: list[str]) -> tuple[str, ...] | None:
            base = list(module)
            if path[0] == "crate":
                return tuple(path[1:])
            if path[0] in ("self", "super"):
                for part in path:
                    if part == "super":
                        base = base[:-1]
                    elif part != "self":
                        break
                rest = [p for p in path if p not in ("self", "super")]
                return tuple(base + rest)
            if (*module, path[0]) in files:
                return (*module, *path)
            return None

        def defining(target: tuple[str, ...], seen: int = 0) -> tuple[str, ...] | None:
            for length in range(len(target), -1, -1):
                owner = target[:length]
                if owner in files:
                    if length < len(target) and seen < 8:
                        again = exports.get((owner, target[length]))
                        if again:
                            there = absolute(owner, again)
                            if there:
                                return defining(there + target[length + 1 :], seen + 1)
                    return owner
            return None

        arrows: dict[tuple[str, ...], set[tuple[str, ...]]] = {m: set() for m in files}
        for module, text in texts.items():
            text = re.sub(r"\bpub(?:\([^)]*\))?\s+use\s+[^;]+;", "", text)
            for path in use_paths(text):
                there = absolute(module, path)
                target = defining(there) if there is not None else None
                if target is not None and target != module:
                    arrows[module].add(target)
        for circle in circles(arrows):
            failed = True
            print(f"{root}: a circle of files:", ", ".join("::".join(m) or "lib" for m in circle))
    return 1 if failed else 0


def circles(arrows: dict) -> list[list]:
    """Strongly connected components of more than one file (Tarjan)."""
    index, low, stack, on, found, count = {}, {}, [], set(), [], 0

    def visit(node):
        nonlocal count
        index[node] = low[node] = count
        count += 1
        stack.append(node)
        on.add(node)
        for other in arrows[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while True:
                member = stack.pop()
                on.discard(member)
                component.append(member)
                if member == node:
                    break
            if len(component) > 1:
                found.append(sorted(component))

    sys.setrecursionlimit(10_000)
    for node in arrows:
        if node not in index:
            visit(node)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
