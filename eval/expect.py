#!/usr/bin/env python3
"""Counts the truth of the question files from the events themselves, without the service.

    eval/expect.py EVENTS.ndjson CAMERAS.yaml FILE.yaml... [--check]

For every question it applies the predicate that stands there (`match`, else the expected fields) to the
raw events and writes a `truth:` line: events, visits, ids that must be cited, the sides of a comparison,
the highest of a ranking. With --check it only says which files are not as they should be.

A visit is a run of events with the same camera and label whose gaps are at most 60 seconds, counted
where it starts (docs/GLOSSARY.md).
"""
import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import yaml

VISIT_GAP = timedelta(seconds=60)


class Loader(yaml.SafeLoader):
    """Times stay words."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def instant(text, zone, now):
    """An instant; without an offset local to the zone, of two the first, moved forward in a gap."""
    if text == "now":
        return now
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is not None:
        return at.astimezone(timezone.utc)
    return at.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(timezone.utc)


def read_events(path, cameras, now):
    zone = cameras.get("timezone") or "UTC"
    events = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            event["at"] = instant(event["timestamp"], zone, now)
            event["over"] = instant(event.get("end_time") or event["timestamp"], zone, now)
            events.append(event)
    runs = {}
    for event in events:
        event["starts_visit"] = False
        runs.setdefault((event["camera_id"], event.get("label")), []).append(event)
    for run in runs.values():
        run.sort(key=lambda event: event["at"])
        latest = None
        for event in run:
            event["starts_visit"] = latest is None or event["at"] - latest > VISIT_GAP
            latest = event["over"] if latest is None else max(latest, event["over"])
    return events


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


class Predicate:
    FIELDS = {"cameras": "camera_id", "labels": "label", "types": "event_type", "sub_labels": "sub_label"}
    KNOWN = {*FIELDS, "zones", "any_place", "when", "min_confidence", "max_confidence", "text", "any_text", "not"}

    def __init__(self, match, zone, now):
        unknown = set(match) - self.KNOWN
        if unknown:
            raise ValueError(f"unknown: {unknown}")
        self.match = match
        bounds = (period.split("/") for period in listed(match.get("when")))
        self.when = [tuple(instant(edge.strip(), zone, now) for edge in pair) for pair in bounds]
        self.excluded = Predicate(match["not"], zone, now) if "not" in match else None

    def __call__(self, event):
        match = self.match
        description = (event.get("description") or "").lower()
        confidence = event.get("confidence")
        fields = {key: event.get(field) in match[key] for key, field in self.FIELDS.items() if match.get(key)}
        if match.get("zones"):
            fields["zones"] = bool(set(match["zones"]) & set(event.get("zones") or []))
        if match.get("any_place"):
            # One of the cameras or one of the zones.
            fields["place"] = fields.pop("cameras") or fields.pop("zones", False)
            fields.pop("zones", None)
        if not all(fields.values()):
            return False
        if self.when and not any(start <= event["at"] < end for start, end in self.when):
            return False
        if "min_confidence" in match and (confidence is None or confidence < match["min_confidence"] - 1e-6):
            return False
        if "max_confidence" in match and (confidence is None or confidence > match["max_confidence"] + 1e-6):
            return False
        if not all(part.lower() in description for part in match.get("text", [])):
            return False
        if match.get("any_text") and not any(part.lower() in description for part in match["any_text"]):
            return False
        return not (self.excluded and self.excluded(event))


def from_fields(question):
    names = {"cameras": "cameras", "labels": "labels", "sub_labels": "sub_labels", "event_types": "types",
             "zones": "zones", "periods": "when", "min_confidence": "min_confidence"}
    return {key: question[name] for name, key in names.items() if question.get(name)}


def group(event, by, zone, cameras):
    local = event["at"].astimezone(ZoneInfo(zone))
    if by == "camera":
        described = (cameras.get("cameras") or {}).get(event["camera_id"]) or {}
        return described.get("name") or event["camera_id"]
    if by == "site":
        for site in cameras["sites"].values():
            if event["camera_id"] in site["cameras"]:
                return site["name"]
        return None
    if by == "hour":
        return f"{local:%H}:00"
    if by == "day":
        return f"{local:%a} {local.day} {local:%b}"
    if by == "zone":
        # Of events in one zone each, which those of a ranking by zone must be.
        return next(iter(event.get("zones") or []), None)
    if by == "weekday":
        return f"{local:%A}"
    return event.get({"label": "label", "type": "event_type"}[by])


def average(events, unit, periods, zone, now):
    """The hours or days that lie wholly in the period, and what is in them."""
    step = timedelta(hours=1) if unit == "hour" else timedelta(days=1)
    sums = [0, 0, 0]
    for pair in listed(periods):
        start, end = (instant(edge.strip(), zone, now) for edge in pair.split("/"))
        at = start.astimezone(ZoneInfo(zone))
        while True:
            # Days are added on the wall clock, hours on the running one.
            after = (at + step) if unit == "day" else (at.astimezone(timezone.utc) + step).astimezone(at.tzinfo)
            if after.astimezone(timezone.utc) > min(end, now):
                break
            inside = [event for event in events if at.astimezone(timezone.utc) <= event["at"] < after.astimezone(timezone.utc)]
            sums = [sums[0] + 1, sums[1] + len(inside), sums[2] + sum(event["starts_visit"] for event in inside)]
            at = after
    return sums


def longest_gap(events, periods, zone, now):
    """Seconds of the longest stretch without events, from the end of one to the beginning of the next."""
    longest = timedelta()
    for pair in listed(periods):
        start, end = (instant(edge.strip(), zone, now) for edge in pair.split("/"))
        latest = start
        for event in sorted(events, key=lambda event: event["at"]):
            if start <= event["at"] < end:
                longest = max(longest, event["at"] - latest)
                latest = max(latest, event["over"])
        longest = max(longest, end - latest)
    return int(longest.total_seconds())


def highest(events, top, zone, cameras):
    counts = {}
    for event in events:
        key = group(event, top["by"], zone, cameras)
        if key is not None:
            counts[key] = counts.get(key, 0) + 1
    order = sorted(counts.items(), key=lambda item: item[1] if top.get("least") else -item[1])
    if len(order) > 1 and order[0][1] == order[1][1]:
        raise ValueError(f"a tie is no good question: {order[:3]}")
    return [top.get("called", {}).get(order[0][0], order[0][0]), str(order[0][1])]


def truth(question, events, cameras, header):
    zone = question.get("timezone", header["timezone"])
    now = instant(header["now"], header["timezone"], None)
    if question.get("words") and "match" not in question:
        raise ValueError("words need a match")
    match = question.get("match") or from_fields(question)
    has_answer = "answer" in listed(question.get("response_type", "answer"))
    asides = {"small_talk", "help", "list_cameras"}
    if not has_answer or str(question.get("intent")) in asides:
        return None if question.get("uncounted") else {"events": 0, "visits": 0}
    found = sorted(filter(Predicate(match, zone, now), events), key=lambda event: event["at"])
    counted = {"events": len(found), "visits": sum(event["starts_visit"] for event in found)}
    if question.get("uncounted"):
        counted = {}
    cite = question.get("cite")
    if cite:
        # By name, or which one: 2 is the second, -2 the last but one.
        named = {"first": found[:1], "last": found[-1:], "all": found}
        chosen = named[cite] if cite in named else [found[int(cite) - (int(cite) > 0)]]
        counted["cite"] = [event["event_id"] for event in chosen]
    if "sides" in question:
        sides = [list(filter(Predicate({**match, **side}, zone, now), events)) for side in question["sides"]]
        counted["sides"] = [[len(side), sum(event["starts_visit"] for event in side)] for side in sides]
    if "whole" in question:
        of = {"when": match.get("when"), **question["whole"]}
        whole = list(filter(Predicate({key: value for key, value in of.items() if value}, zone, now), events))
        counted["whole"] = [len(whole), sum(event["starts_visit"] for event in whole)]
    if "average" in question:
        counted["average"] = average(found, question["average"], match["when"], zone, now)
    if "quiet" in question:
        counted["quiet"] = longest_gap(found, match["when"], zone, now)
    if "top" in question:
        counted["top"] = highest(found, question["top"], zone, cameras)
    return counted or None


def mappings(node):
    """Every question of the file, with the lines in which it stands."""
    if isinstance(node, yaml.MappingNode):
        pairs = {key.value: value for key, value in node.value}
        if "ask" in pairs:
            yield node, pairs
        for value in pairs.values():
            yield from mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from mappings(value)


def rewrite(path, events, cameras):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(("truth: ", "- truth: "))]
    lines = [f"events: {len(events)}" if line.startswith("events: ") else line for line in lines]
    header = yaml.load("\n".join(lines), Loader)
    after = {}
    for node, pairs in mappings(yaml.compose("\n".join(lines), Loader)):
        keys = {key.value: key for key, _ in node.value}
        question = yaml.load(yaml.serialize(node), Loader)
        try:
            counted = truth(question, events, cameras, header)
        except (ValueError, KeyError, IndexError) as error:
            sys.exit(f"{path}: “{question['ask']}”: {error!r}")
        if counted is None:
            continue
        # Before the questions that follow it, else behind its last field.
        if "then" in pairs:
            line = keys["then"].start_mark.line
        else:
            line = max(value.end_mark.line + (value.end_mark.column > 0) for value in pairs.values())
        indent = " " * keys["ask"].start_mark.column
        shown = json.dumps(counted, ensure_ascii=False)
        for key in counted:
            shown = shown.replace(f'"{key}":', f"{key}:")
        after.setdefault(line, []).insert(0, f"{indent}truth: {shown}")
    out = []
    for number, line in enumerate(lines):
        out.extend(after.get(number, []))
        out.append(line)
    out.extend(after.get(len(lines), []))
    new = "\n".join(out).rstrip("\n") + "\n"
    return text, new


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    events_path, cameras_path, *files = arguments
    with open(cameras_path, encoding="utf-8") as file:
        cameras = yaml.load(file, Loader)
    with open(files[0], encoding="utf-8") as file:
        now = instant(yaml.load(file, Loader)["now"], "UTC", None)
    events = read_events(events_path, cameras, now)
    stale = []
    for path in files:
        old, new = rewrite(path, events, cameras)
        if old != new:
            stale.append(path)
            if "--check" not in sys.argv:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(new)
    if stale and "--check" in sys.argv:
        sys.exit("not as the events say: " + ", ".join(stale))


main()
