"""What stands in the database and in the files after the work, read past the portal's own code.

`digest` sums up one database, the same whatever numbers rows were given; `faults_of` names what breaks a promise.
"""

import csv
import hashlib
import io

RUN = "SELECT count(*), coalesce(sum(hashtextextended(row_text, 0)), 0)::text FROM"


class Digest:
    """Reads through `cursor`, as a superuser, what `items` left behind."""

    def __init__(self, cursor, items, people, base_run, size):
        self.cursor, self.items, self.people, self.base_run, self.size = cursor, items, people, base_run, size

    def of_all(self):
        return {
            "known signals": self._sum(_KNOWN),
            "signal blocks": self._sum("SELECT (feed, month, block_no, md5(body))::text FROM enterprises_signalblock"),
            "register": self._sum(
                "SELECT (uscc, name, district_id, industry, heads, founded_on, status, has_union, phone)::text"
                " FROM enterprises_enterprise"
            ),
            "register changes": self._sum("SELECT change::text FROM (SELECT count(*) change FROM"
                                          " enterprises_registerchange) each"),
            "digests": self._sum(
                "SELECT (username, digest.on, subject, lines, md5(text))::text FROM casework_digest digest"
                " JOIN accounts_user person ON person.id = person_id"
            ),
            "deliveries": {
                item.number: self._row(
                    "SELECT name, sha256, state, kind, rows, accepted, exact_duplicates, rejected::text"
                    " FROM enterprises_delivery WHERE id = %s", item.row
                )
                for item in self._of("delivery", "register")
            },
            "scores": {item.number: self._scores(item.row) for item in self._of("score")},
            "exports": {item.number: self._exported(item) for item in self._of("export")},
            "views": {
                item.number: self._row("SELECT page, name, query FROM casework_savedview WHERE id = %s", item.row)
                for item in self._of("view")
            },
            "rows": {
                table: self._row(f"SELECT count(*) FROM {table}")[0]
                for table in ("enterprises_delivery", "risks_scorerun", "casework_export", "casework_savedview")
            },
        }  # fmt: skip

    def _of(self, *kinds):
        return [item for item in self.items if item.kind in kinds]

    def _row(self, query, *values):
        self.cursor.execute(query, values)
        row = self.cursor.fetchone()
        return [str(value) for value in row] if row else None

    def _sum(self, query):
        """Rows and a sum of their hashes: the same in whatever order they lie."""
        return self._row(f"{RUN} ({query}) AS rows (row_text)")

    def _scores(self, run):
        """Of the base's enterprises: new ones come in any order. The whole run is held to its own figures below."""
        return self._sum(
            "SELECT (enterprise_id, district_id, level, score, coverage, features, points, reasons, marks)::text"
            f" FROM risks_score WHERE run_id = {int(run)} AND enterprise_id <= {self.size}"
        )

    def _exported(self, item):
        """The rows of the file as a person fetches it, without the lines above them, which name the moment."""
        person = self.people[item.by]
        if not person.is_in():
            person.log_in()
        answer = person.get(f"/exports/{item.row}/file/")
        if answer.status != 200:
            return f"answered {answer.status}"
        lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
        start = next(number for number, line in enumerate(lines) if "统一社会信用代码" in line)
        told = self._row("SELECT rows FROM casework_export WHERE id = %s", item.row)
        rows = lines[start:]
        return [len(rows) - 1, told[0], hashlib.sha256(repr(rows).encode()).hexdigest()]


# What is known of each enterprise, feed and month: the word of the last delivery in force.
_KNOWN = """
SELECT (enterprise_id, feed, month, due, paid, balance, count)::text FROM (
    SELECT DISTINCT ON (feed, month, enterprise_id) signal.* FROM enterprises_signal signal
    JOIN enterprises_delivery delivery ON delivery.id = delivery_id AND delivery.state = 'stored'
    ORDER BY feed, month, enterprise_id, delivery_id DESC) known"""

# A sentence, and the rows that break it.
PROMISES = {
    "a job was done more than once": "SELECT job, count(*) FROM faults_moves WHERE state = 'done' GROUP BY job"
    " HAVING count(*) > 1",
    "a job was not done": "SELECT id, kind, state, attempts, message FROM casework_job WHERE state <> 'done'",
    "a delivery was not stored": "SELECT id, state, message FROM enterprises_delivery WHERE state <> 'stored'",
    "rows lie there of a delivery that is not stored": "SELECT delivery_id, count(*) FROM enterprises_signal"
    " WHERE delivery_id NOT IN (SELECT id FROM enterprises_delivery WHERE state = 'stored') GROUP BY 1",
    "a delivery says another number of rows than lie there": "SELECT delivery.id, changed, lie FROM"
    " enterprises_delivery delivery LEFT JOIN (SELECT delivery_id, count(*) lie FROM enterprises_signal GROUP BY 1)"
    " stored ON delivery_id = delivery.id WHERE kind <> 'register' AND changed <> coalesce(lie, 0)",
    "a delivery counts its months wrongly": "SELECT delivery.id, accepted, counted FROM enterprises_delivery delivery"
    " LEFT JOIN (SELECT delivery_id, sum(enterprises) counted FROM enterprises_deliverymonth GROUP BY 1) months"
    " ON delivery_id = delivery.id WHERE kind <> 'register' AND accepted <> coalesce(counted, 0)",
    "an enterprise stands in the register twice": "SELECT uscc, count(*) FROM enterprises_enterprise GROUP BY 1"
    " HAVING count(*) > 1",
    "a run is not finished": "SELECT id, parts, parts_done FROM risks_scorerun WHERE finished_at IS NULL"
    " OR cardinality(parts_done) <> parts",
    "a run counts other enterprises than it scored": "SELECT run.id, enterprises, lie FROM risks_scorerun run"
    " LEFT JOIN (SELECT run_id, count(*) lie FROM risks_score GROUP BY 1) scored ON run_id = run.id"
    " WHERE enterprises <> coalesce(lie, 0)",
    "a person whom something waits for was not reminded": "SELECT count(*) FROM accounts_user"
    " WHERE is_active AND role = 'district_supervisor' AND id NOT IN (SELECT person_id FROM casework_digest)"
    " HAVING count(*) > 0",
    "an export has no file": "SELECT id FROM casework_export WHERE file = '' OR rows IS NULL",
}


def broken(cursor):
    """[(sentence, rows that break it)]"""
    for sentence, query in PROMISES.items():
        cursor.execute(query)
        if rows := cursor.fetchmany(5):
            yield sentence, [list(map(str, row)) for row in rows]


def differences(storm, calm, path=""):
    """Where two digests differ."""
    if isinstance(storm, dict) and isinstance(calm, dict):
        for name in sorted({*storm, *calm}, key=str):
            yield from differences(storm.get(name), calm.get(name), f"{path} {name}".strip())
    elif storm != calm:
        yield f"{path}: {storm} in the storm, {calm} in calm"
